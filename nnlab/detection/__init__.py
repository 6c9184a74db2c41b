"""Forms of heads that say where boxes are: as centres on a map, or by anchors."""

from nnlab.core.lazily import components

__getattr__, __dir__ = components(__name__, "BOX_HEADS")
