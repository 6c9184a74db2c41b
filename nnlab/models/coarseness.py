"""How many pixels lie between two places of a network's coarsest map."""

from nnlab.core.errors import ShapeError, UsageError
from nnlab.models.graph import Graph

LOOKED_AT = 1024
"""Rows and columns at which it is asked."""


def coarseness(network: Graph) -> int:
    """The product of a network's strides; 1 of one without maps, or for pictures of one size."""
    if len(network.in_shape) != 3:
        return 1
    try:
        large = network.at((LOOKED_AT, LOOKED_AT, network.in_shape[2]))
    except (ShapeError, UsageError):
        return 1
    rows = [shape[0] for shape in large.shapes.values() if len(shape) == 3 and shape[0] > 1]
    return max(1, LOOKED_AT // min(rows, default=LOOKED_AT))
