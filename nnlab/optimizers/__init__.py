"""The update rules, one per file, and the optimizer that drives them (base.py)."""

from nnlab.core.lazily import components

__getattr__, __dir__ = components(__name__, "OPTIMIZERS")
