"""Boxes said by how they differ from anchors, and which anchors are to say which boxes."""

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.boxes import LARGEST, iou


def encoded(boxes: Array, anchors: Array) -> Array:
    """t = ((cx - ax) / aw, (cy - ay) / ah, log(w / aw), log(h / ah))

    Shapes:  boxes: (..., 4), x0, y0, x1, y1; anchors: the same, cx, cy, w, h; result: (..., 4)
    Source:  Girshick et al., "Rich feature hierarchies for accurate object detection", 2014.
    """
    sizes = boxes[..., 2:] - boxes[..., :2]
    centres = (boxes[..., :2] + boxes[..., 2:]) / 2
    away = (centres - anchors[..., :2]) / anchors[..., 2:]
    return np.concatenate([away, np.log(sizes / anchors[..., 2:])], axis=-1)


def decoded(t: Array, anchors: Array) -> Array:
    """The boxes again.  Shapes:  as for `encoded`"""
    centres = anchors[..., :2] + t[..., :2] * anchors[..., 2:]
    half = anchors[..., 2:] * np.exp(np.minimum(t[..., 2:], LARGEST)) / 2
    return np.concatenate([centres - half, centres + half], axis=-1)


def anchors_on(rows: int, columns: int, stride: float, sizes: Array) -> Array:
    """An anchor of each size in the middle of each place.

    Shapes:  sizes: (anchors, 2), width and height in pixels; result: (rows, columns, anchors, 4), cx, cy, w, h
    """
    found = np.empty((rows, columns, len(sizes), 4))
    found[..., 0] = ((np.arange(columns) + 0.5) * stride)[None, :, None]
    found[..., 1] = ((np.arange(rows) + 0.5) * stride)[:, None, None]
    found[..., 2:] = sizes
    return found


def corners_of(anchors: Array) -> Array:
    """x0, y0, x1, y1 of them."""
    half = anchors[..., 2:] / 2
    return np.concatenate([anchors[..., :2] - half, anchors[..., :2] + half], axis=-1)


def assigned(boxes: Array, anchors: Array, enough: float) -> tuple[Array, Array, Array]:
    """Which box each anchor is to say, or -1; which one it overlaps most; and how much that is.

    An anchor says the box that it overlaps most, if that is enough. Then each box is given the anchor that overlaps it
    most and that no other box was given: every box has one, as long as there are more anchors than boxes.

    Shapes:  boxes: (boxes, 4); anchors: (anchors, 4), both x0, y0, x1, y1; results: (anchors,)
    Options:  enough: intersection over union.
    """
    if not len(boxes):
        return np.full(len(anchors), -1), np.zeros(len(anchors), np.intp), np.zeros(len(anchors))
    overlaps = iou(boxes[:, None], anchors[None])
    nearest, most = overlaps.argmax(axis=0), overlaps.max(axis=0)
    own = np.where(most >= enough, nearest, -1)
    free = np.ones(len(anchors), bool)
    centres = _distances(boxes, anchors)
    for place in np.argsort(-overlaps.max(axis=1), kind="stable")[: len(anchors)].tolist():
        candidates = np.where(free, overlaps[place], -1.0)
        best = int(candidates.argmax())
        if candidates[best] <= 0:  # none that is free overlaps it at all: the nearest
            best = int(np.where(free, centres[place], np.inf).argmin())
        own[best], free[best] = place, False
    return own, nearest, most


def _distances(boxes: Array, anchors: Array) -> Array:
    """Squared, from middle to middle.  Shapes:  result: (boxes, anchors)"""
    a, b = ((corners[:, :2] + corners[:, 2:]) / 2 for corners in (boxes, anchors))
    apart: Array = ((a[:, None] - b[None]) ** 2).sum(axis=-1)
    return apart
