"""How the values of a new parameter are drawn: one initializer per file."""

from nnlab.core.lazily import components

__getattr__, __dir__ = components(__name__, "INITIALIZERS")
