"""The same training in several processes at once, taking turns: what it costs in time and memory, and how surely."""
