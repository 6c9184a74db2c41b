"""Labs: lists of cells (one configuration, one seed), each measured in a process of its own, resumed, and judged."""
