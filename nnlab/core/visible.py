"""What a picture shows of boxes that reach out of it."""

import numpy as np

from nnlab.core.types import Array

LEAST_VISIBLE = 0.25
"""The share of a box that has to be in a picture for it to be asked for there: less does not tell what it is."""


def visible(corners: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """Boxes cut to a picture of this width and height; and whether enough is left of each, and anything at all.

    Shapes:  corners, first result: (boxes, 4); second: (boxes,), bool
    """
    cut = np.clip(corners, 0, np.tile(np.asarray(size, corners.dtype), 2))
    left, whole = (np.prod(sides[:, 2:] - sides[:, :2], axis=1) for sides in (cut, corners))
    return cut, (left > 0) & (left >= LEAST_VISIBLE * whole)
