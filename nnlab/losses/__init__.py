"""The losses: one per file, the mean over the batch and its gradient."""

from nnlab.core.lazily import components

__getattr__, __dir__ = components(__name__, "LOSSES")
