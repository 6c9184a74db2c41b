"""The update rules, one per file, and the optimizer that drives them (base.py)."""
