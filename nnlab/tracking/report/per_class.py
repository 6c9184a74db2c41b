"""Precision and recall of each class."""

from collections.abc import Iterable, Sequence

import numpy as np

from nnlab.core.types import Array
from nnlab.metrics.interval import wilson
from nnlab.tracking.pages.bars import bar
from nnlab.tracking.pages.page import folded, table
from nnlab.tracking.report.answers import Answers
from nnlab.tracking.report.part import Part

SHOWN, MOST = 30, 300
"""Classes in view, and at most in the page: those found worst."""


def per_class(partition: str, answers: Answers, names: Sequence[str]) -> Part:
    """A row for each class, the one that is found worst first."""
    there, said, both = _sums(answers, names)
    recall = np.where(there > 0, both / np.maximum(there, 1), np.inf)  # what is not there comes last
    order = np.argsort(recall, kind="stable")[:MOST].tolist()
    rows = [_row(names[place], int(there[place]), int(said[place]), int(both[place])) for place in order]
    head = {
        "class": False,
        "samples": True,
        "recall": True,
        "95% interval": True,
        "": False,
        "precision": True,
        "F1": True,
    }
    html = table(head, rows[:SHOWN])
    if rows[SHOWN:]:
        html += folded(f"{len(rows) - SHOWN} more classes", table(head, rows[SHOWN:]))
    left = len(names) - len(rows)
    return Part(
        "classes",
        "Class by class",
        html,
        intro=f"Of the {partition} samples. Recall: of the samples of a class, the share that was found. Precision: of "
        "those that were taken for it, the share that is. F1 is their harmonic mean. The class that is found worst "
        f"stands first.{f' {left} classes that are found better are left out.' if left else ''}",
    )


def _sums(answers: Answers, names: Sequence[str]) -> tuple[Array, Array, Array]:
    """How often each class was there, was said, and both."""
    index = {name: place for place, name in enumerate(names)}
    there, said, both = (np.zeros(len(names), np.int64) for _ in range(3))
    for (actual, predicted), count in answers.counts.items():
        there[index[actual]] += count
        if predicted is not None:
            said[index[predicted]] += count
        if actual == predicted:
            both[index[actual]] += count
    return there, said, both


def _row(name: str, there: int, said: int, both: int) -> tuple[str, ...]:
    recall, precision = _share(both, there), _share(both, said)
    interval = " to ".join(f"{end:.1%}" for end in wilson(both / there, there)) if there else ""
    f1 = f"{2 * both / (there + said):.1%}" if there + said else ""
    return name, f"{there:,}", recall, interval, bar(both / there if there else 0.0), precision, f1


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def ordered(answers: Iterable[Answers], known: Sequence[str]) -> list[str]:
    """The classes in the run's own order; others, as runs of earlier versions leave them, by name behind."""
    met = {name for found in answers for pair in found.counts for name in pair if name is not None}
    return [*known, *sorted(met - set(known))]
