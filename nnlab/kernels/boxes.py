"""Upright boxes against boxes: how much two overlap, as a share of both.

Shapes:  everywhere (..., 4), x0, y0, x1, y1; two that broadcast give each with each: `iou(a[:, None], b[None])`
"""

import numpy as np

from nnlab.core.types import Array


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
    return _share(both, areas(a) + areas(b) - both)


def generalized_iou(a: Array, b: Array) -> Array:
    """iou - (hull - union) / hull, -1 to 1; the hull is the smallest box around both, so those apart differ too.

    Source:  Rezatofighi et al., "Generalized intersection over union", 2019.
    """
    both = intersections(a, b)
    union = areas(a) + areas(b) - both
    around = areas(hulls(a, b))
    return _share(both, union) - _share(around - union, around)


def hulls(a: Array, b: Array) -> Array:
    """The smallest box around both."""
    return np.concatenate([np.minimum(a[..., :2], b[..., :2]), np.maximum(a[..., 2:], b[..., 2:])], axis=-1)


def _share(part: Array, whole: Array) -> Array:
    share: Array = np.divide(part, whole, out=np.zeros(np.shape(whole), np.result_type(part, 0.0)), where=whole > 0)
    return share


def _product(sizes: Array) -> Array:
    product: Array = sizes[..., 0] * sizes[..., 1]
    return product
