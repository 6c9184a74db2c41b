"""A table of confusions that fits on a page: of many classes, those that are most often confused."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array

MOST_CLASSES = 60
"""How many are shown by name; drawing takes time and memory by the square of it."""

OTHERS = "(others)"


@dataclass(frozen=True, eq=False)
class Confusion:
    """Who was taken for whom.

    Options:  classes: the names of rows and columns.  right, total: of all samples, also those that are not shown.
              note: what is left out, empty for nothing.
    Shapes:  counts: (classes, classes), row actual, column predicted
    """

    counts: Array
    classes: tuple[str, ...]
    right: int
    total: int
    note: str = ""


def confusion_of(actual: Array, predicted: Array, counts: Array, classes: Sequence[str]) -> Confusion:
    """The table of pairs (actual, predicted) that occurred `counts` times. Never larger than MOST_CLASSES + 1 squared.

    Of more classes those with the most mistakes, as actual or predicted, are shown; all others are one.

    Shapes:  actual, predicted, counts: (pairs,), integers
    """
    n, wrong = len(classes), actual != predicted
    total, right = int(counts.sum()), int(counts[~wrong].sum())
    if n <= MOST_CLASSES:
        return Confusion(_table(actual, predicted, counts, n), tuple(classes), right, total)
    mistakes = sum(np.bincount(side[wrong], counts[wrong], n) for side in (actual, predicted))
    shown = np.sort(np.argsort(-np.asarray(mistakes), kind="stable")[:MOST_CLASSES])
    place: Array = np.full(n, MOST_CLASSES)
    place[shown] = np.arange(MOST_CLASSES)
    table = _table(place[actual], place[predicted], counts, MOST_CLASSES + 1)
    note = f"the {MOST_CLASSES} of {n} classes that are confused most"
    return Confusion(table, (*(classes[i] for i in shown), OTHERS), right, total, note)


def _table(actual: Array, predicted: Array, counts: Array, n: int) -> Array:
    table = np.zeros((n, n), np.int64)
    np.add.at(table, (actual, predicted), counts)
    return table
