"""Upright boxes against boxes: how much two overlap, as a share of both.

Shapes:  everywhere (..., 4), x0, y0, x1, y1; two that broadcast give each with each: `iou(a[:, None], b[None])`
"""

import numpy as np

from nnlab.core.types import Array

LARGEST = float(np.log(1000 / 16))
"""Of the logarithm of a size over that of its anchor: what an untrained network says does not overflow; beyond it there
is no slope."""


def areas(boxes: Array) -> Array:
    """(x1 - x0) (y1 - y0); 0 of an empty or a reversed one.  Shapes:  result: (...)"""
    return _product(np.maximum(boxes[..., 2:] - boxes[..., :2], 0))


def intersections(a: Array, b: Array) -> Array:
    """The area that both cover."""
    low, high = np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:], b[..., 2:])
    return _product(np.maximum(high - low, 0))


def iou(a: Array, b: Array) -> Array:
    """Intersection over union, 0 to 1; 0 where neither has an area.  (0,0,10,10) and (5,5,15,15): 25 / 175"""
    both = intersections(a, b)
    union = areas(a) + areas(b) - both
    share: Array = np.divide(both, union, out=np.zeros(np.shape(union), np.result_type(both, 0.0)), where=union > 0)
    return share


def _product(sizes: Array) -> Array:
    product: Array = sizes[..., 0] * sizes[..., 1]
    return product
