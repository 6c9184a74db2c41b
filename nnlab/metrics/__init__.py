"""Figures that are not minimised: accuracy, errors of numbers."""

from nnlab.core.lazily import components

__getattr__, __dir__ = components(__name__, "METRICS")
