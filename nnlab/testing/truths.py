"""Truths to try a task with, of every kind, and whether two rows of them say the same."""

from collections.abc import Sequence

import numpy as np

from nnlab.core.pictures import Picture, Pictures, values_of
from nnlab.core.truth import Boxes, Label, Mask, Points, Truth, Values
from nnlab.core.truths import Labels, Rows, labels_of, of_kind, rows_of
from nnlab.core.types import Array
from nnlab.tasks.base import Task
from nnlab.testing.boxes import as_rows, some_boxes
from nnlab.testing.points import seen_places, some_points

NAMES, IN_SHAPE, SAMPLES = ("one", "two", "three"), (32, 24, 3), 12


def truths_of(task: Task) -> Sequence[Truth]:
    """Some of the kind that a task has, every name among them; the largest share is that of the first name."""
    if task.truth is Label:
        return Labels(np.array([0, 1, 2, 0] * (SAMPLES // 4)))
    if task.truth is Values:
        return Rows(np.random.default_rng(3).integers(-40, 40, (SAMPLES, len(NAMES))) / 4)
    if task.truth is Mask:
        rows, columns, _ = IN_SHAPE
        return tuple(map(Mask, np.random.default_rng(3).choice(3, (SAMPLES, rows, columns), p=(0.5, 0.25, 0.25))))
    if task.truth is Boxes:
        return some_boxes(SAMPLES, len(NAMES), (IN_SHAPE[1], IN_SHAPE[0]))
    if task.truth is Points:
        return some_points(SAMPLES, len(NAMES), (IN_SHAPE[1], IN_SHAPE[0]))
    if task.truth is Picture:
        darkest = 10 * np.arange(SAMPLES).reshape(-1, 1, 1, 1)  # no two, nor all of them, are equally dark and bright
        values = np.random.default_rng(3).integers(256 - darkest.max(), size=(SAMPLES, *IN_SHAPE)) + darkest
        return Pictures(values.astype(np.uint8))
    raise TypeError(f"no {task.truth.__name__} to try a task with: say some by `truths`")


def numbers_of(truths: Sequence[Truth], among: Sequence[Truth] = ()) -> Array:
    """Truths as one array. Options:  among: of points, the truths whose seen ones are meant; empty: their own."""
    if isinstance(truths[0], Points):
        return seen_places(truths, among or truths)
    if isinstance(truths[0], Mask):
        return np.stack([mask.pixels for mask in of_kind(truths, Mask)])
    if isinstance(truths[0], Boxes):
        return as_rows(of_kind(truths, Boxes))
    if isinstance(truths[0], Picture):
        return values_of(truths)
    return labels_of(truths) if isinstance(truths[0], Label) else rows_of(truths)


def alike(one: Sequence[Truth], other: Sequence[Truth]) -> bool:
    """Whether two rows of truths say the same, whatever arrays they are kept in."""
    return len(one) == len(other) and all(
        type(a) is type(b) and all(np.array_equal(vars(a)[field], vars(b)[field]) for field in vars(a))
        for a, b in zip(one, other, strict=True)
    )
