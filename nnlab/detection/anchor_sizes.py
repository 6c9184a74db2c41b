"""Sizes that anchors have: those that the boxes of the training samples gather around."""

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.boxes import iou

ROUNDS = 100
"""Of the algorithm at most; it mostly stops after a dozen."""


def overlaps_of_sizes(a: Array, b: Array) -> Array:
    """IoU of boxes with one corner at the same place.  Shapes:  (..., 2) each, width and height; they broadcast"""
    return iou(*(np.concatenate([np.zeros_like(sizes), sizes], axis=-1) for sizes in (a, b)))


def clustered(sizes: Array, count: int) -> Array:
    """So many sizes, by rising area: k-means with 1 - IoU as the distance, whose clusters are told by their means.

    It begins with boxes evenly spread by area, so the same boxes give the same sizes in any order, and keeps the best
    it has met, since means need not raise the overlap. Of fewer different boxes there are fewer sizes.

    Shapes:  sizes: (boxes, 2), all above 0; result: (at most count, 2)
    Source:  Redmon and Farhadi, "YOLO9000: better, faster, stronger", 2017.
    """
    distinct = np.unique(sizes, axis=0)
    ranked = distinct[np.lexsort((*distinct.T, distinct.prod(axis=1)))]
    if len(ranked) <= count:
        return ranked
    centres = ranked[np.linspace(0, len(ranked) - 1, 2 * count + 1).round().astype(int)[1::2]]
    ordered = sizes[np.lexsort((*sizes.T, sizes.prod(axis=1)))]  # sums in one order
    best, fit = centres, -1.0
    for _ in range(ROUNDS):
        overlaps = overlaps_of_sizes(ordered[:, None], centres[None])
        mean = float(overlaps.max(axis=1).mean())
        if mean <= fit:
            break
        best, fit = centres, mean
        nearest = overlaps.argmax(axis=1)
        numbers = np.bincount(nearest, minlength=len(centres))
        sums = np.stack([np.bincount(nearest, axis, len(centres)) for axis in ordered.T], axis=1)
        centres = np.where(numbers[:, None] > 0, sums / np.maximum(numbers, 1)[:, None], centres)
    by_area: Array = best[np.argsort(best.prod(axis=1), kind="stable")]
    return by_area
