"""Networks as graphs of layers: graph.py runs one, each other file is a recipe for one."""

from nnlab.core.lazily import components

__getattr__, __dir__ = components(__name__, "MODELS")
