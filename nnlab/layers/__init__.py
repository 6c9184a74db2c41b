"""The layers, each the definition of its arithmetic: one per file, forward and hand-written gradient."""

from nnlab.core.lazily import components

__getattr__, __dir__ = components(__name__, "LAYERS")
