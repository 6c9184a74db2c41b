"""How the learning rate moves over steps and epochs: one schedule per file."""

from nnlab.core.lazily import components

__getattr__, __dir__ = components(__name__, "SCHEDULES")
