"""Tasks: what is true of a picture, what a network has to give for it, and how that is read back."""

from nnlab.core.lazily import components

__getattr__, __dir__ = components(__name__, "TASKS")
