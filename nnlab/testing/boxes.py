"""Boxes to try a task with."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.truth import Boxes
from nnlab.core.types import Array
from nnlab.losses.base import Term

DIGITS = 5
"""Of corners, behind the point, that are compared."""

SURE = 60.0
"""The log-odds of what is as good as sure."""


def some_boxes(samples: int, names: int, size: tuple[int, int]) -> tuple[Boxes, ...]:
    """Boxes in pictures of this width and height, every name among them: none in the first picture, one in the next,
    two in that after it, and so on again; each in a half of the picture.
    """
    width, height = size
    found = []
    for sample in range(samples):
        corners = np.array([[0.5, 1, width / 2 - 0.25, height - 1], [width / 2 + 0.5, 0.25, width - 1, height - 2]])
        labels = np.array([sample // 3, sample // 3 + 1]) % names
        found.append(Boxes(corners[: sample % 3], labels[: sample % 3]))
    return tuple(found)


def plain(boxes: Boxes) -> Boxes:
    """Without scores, in an order that does not depend on them; corners to what logarithms in float32 leave of them."""
    corners = np.round(boxes.corners, DIGITS)
    order = np.lexsort((boxes.labels, *corners.T))
    return replace(boxes, corners=corners[order], labels=boxes.labels[order], scores=None)


def as_rows(truths: Iterable[Boxes]) -> Array:
    """One array of all: the picture, the class and the corners of each box."""
    each = [plain(boxes) for boxes in truths]
    return np.concatenate(
        [np.column_stack([np.full(len(own.labels), n), own.labels, own.corners]) for n, own in enumerate(each)]
    )


def odds_where_asked(target: Target, term: Term | None) -> Array:
    """What a head says that gives this target: log-odds of it where its loss is of such, else the target itself."""
    value = np.array(target.value, np.float32)
    if term is None or not term.loss.log_odds:
        return value
    inside = np.clip(value, 1e-20, 1 - 1e-6)
    return np.where(value >= 1, SURE, np.log(inside / (1 - inside))).astype(np.float32)
