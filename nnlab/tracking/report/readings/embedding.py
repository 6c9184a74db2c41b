"""An embedding's page: where its vectors lie, how near they are to their own, and which queries find others."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.tasks.embedding import Embedding
from nnlab.tracking.nearness import Cosines, cosines, most_wrong, plane
from nnlab.tracking.pages.linear_scale import LinearScale
from nnlab.tracking.pages.page import table
from nnlab.tracking.pages.pictures import picture_in
from nnlab.tracking.pages.plane import BOTTOM, LEFT, RIGHT, SIDE, TOP, Plane
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.pictures import Caption
from nnlab.tracking.report.pictures import most_wrong as wrong_pictures
from nnlab.tracking.report.readings.base import READINGS, Reading
from nnlab.tracking.report.recorded import PARTITIONS, number, table_of, words

MOST_ROWS, MOST_QUERIES, MOST_NAMES = 20_000, 24, 20
"""Answers that are read, queries that are listed, classes that are named in the plane."""

COLOURS = 8
"""Of chart.css, again and again."""


class Answers:
    """The vectors of a partition, and what each sample is."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.classes: list[str] = []
        self._vectors: list[list[float]] = []

    def add(self, row: Mapping[str, Any]) -> None:
        """Takes in a row of predictions.jsonl, as long as there is room."""
        vector = row.get("predicted")
        if not isinstance(vector, list) or len(self._vectors) >= MOST_ROWS:
            return
        numbers = [value if isinstance(value, (int, float)) else np.nan for value in vector]
        if self._vectors and len(numbers) != len(self._vectors[0]):
            return
        self._vectors.append(numbers)
        self.sources.append(str(row.get("source", "")))
        self.classes.append(str(row.get("actual")))

    @cached_property
    def vectors(self) -> Array:
        """Shapes:  (samples, channels)"""
        return np.array(self._vectors, np.float64)

    @cached_property
    def names(self) -> list[str]:
        """Of the classes that are there."""
        return sorted(set(self.classes))

    @cached_property
    def labels(self) -> Array:
        """Each sample's place among the names."""
        places = {name: place for place, name in enumerate(self.names)}
        return np.array([places[name] for name in self.classes], np.intp)


@READINGS.register(Embedding)
class EmbeddingReading(Reading):
    """Cosines within and between classes, a plane of the vectors, the queries that find another class first."""

    @cached_property
    def answers(self) -> Mapping[str, Answers]:
        """By partition, the one that says most first."""
        found: dict[str, Answers] = {}
        for row in self.recorded.predictions():
            found.setdefault(row["partition"], Answers()).add(row)
        return {name: found[name] for name in PARTITIONS if name in found and found[name].sources}

    def caption(self, row: Mapping[str, Any]) -> Caption:
        """The class alone: a vector is nothing to read."""
        actual = row.get("actual")
        return Caption("" if actual is None else words(str(actual), 80))

    def figures(self) -> Iterator[Part]:
        """The vectors, then the queries."""
        if not self.answers:
            yield missing("vectors", "Where the vectors lie", "the run left no answers.")
            return
        partition, answers = next(iter(self.answers.items()))
        yield _vectors(partition, answers)
        yield _queries(partition, answers, self._sheet())
        if self.pictures.wrong and number(table_of(self.recorded.summary, partition), "loss") > 0:
            yield wrong_pictures(self.pictures)  # identities that training never had may have no loss

    def _sheet(self) -> str:
        """The run's own figure of queries and what they found; nothing where there is none, or no room."""
        drawn = picture_in(self.recorded.run.folder, "figures/nearest.png")
        if drawn is None or not self.recorded.room.takes(drawn):
            return ""
        return drawn.as_sheet("Queries, beside the pictures that are nearest to them")


def _vectors(partition: str, answers: Answers) -> Part:
    found = cosines(answers.vectors, answers.labels)
    drawn = f"<div>{_plane(answers)}</div><div>{_cosines(found)}</div>"
    intro = (
        f"Left every {partition} sample, in the plane in which the vectors differ most, a colour for each class. "
        f"Right how the cosines of pairs are spread: dark of one class (mean {found.mean_within:.3f}), light of two "
        f"(mean {found.mean_between:.3f}). The less they overlap, the better pictures find their own."
    )
    return Part("vectors", "Where the vectors lie", f'<div class="pair">{drawn}</div>', intro=intro)


def _plane(answers: Answers) -> str:
    places, share = plane(answers.vectors)
    said = (f"first direction ({share:.0%} of the variance in both)", "second direction", "the vectors in a plane")
    square = Plane.around(places[:, 0], places[:, 1], said)
    parts = []
    for label in range(len(answers.names)):
        own = places[answers.labels == label]
        parts.append(square.points(own[:, 0], own[:, 1], f"c{label % COLOURS}"))
    named = enumerate(answers.names[:MOST_NAMES])
    middles = [(*places[answers.labels == label].mean(axis=0), name) for label, name in named]
    return square.drawn(*parts, *(square.named(x, y, words(name, 20)) for x, y, name in middles))


def _cosines(found: Cosines) -> str:
    top = float(max(found.within.max(), found.between.max(), 0.01))
    upright = LinearScale.around(np.array([0.0, top]), start=SIDE - BOTTOM, end=TOP)
    across = LinearScale(-1.0, 1.0, LEFT, SIDE - RIGHT)
    square = Plane(across, upright, "cosine", "share of pairs", "cosines of pairs of one class and of two")
    bars = []
    for place, (within, between) in enumerate(zip(found.within.tolist(), found.between.tolist(), strict=True)):
        low, high = float(found.ends[place]), float(found.ends[place + 1])
        middle = (low + high) / 2
        bars.append(square.bar((low, middle), within, f"{low:.2f} to {high:.2f}: {within:.1%} of one class", "c0"))
        bars.append(square.bar((middle, high), between, f"{low:.2f} to {high:.2f}: {between:.1%} of two", "c2"))
    return square.drawn(*bars)


def _queries(partition: str, answers: Answers, sheet: str) -> Part:
    wrong = most_wrong(answers.vectors, answers.labels, MOST_QUERIES)
    name = "Queries that find another class first"
    if not wrong:
        return Part(
            "queries", name, sheet, intro=f"None: every {partition} sample has one of its own class nearest to it."
        )
    rows = [
        (
            words(answers.sources[query.place], 60),
            words(answers.classes[query.place], 40),
            words(answers.sources[query.nearest], 60),
            words(answers.classes[query.nearest], 40),
            f"{query.cosine:.3f}",
            f"{query.own_cosine:.3f}",
            str(query.rank),
        )
        for query in wrong
    ]
    head = {"query": False, "is": False, "nearest": False, "which is": False, "cosine": True, "nearest own": True,
            "its rank": True}  # fmt: skip
    intro = (
        f"Of the {partition} samples those that prefer another class most; figures/nearest.png shows such queries with "
        "the pictures that they found."
    )
    return Part("queries", name, sheet + table(head, rows), intro=intro)
