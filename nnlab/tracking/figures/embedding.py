"""The figures of an embedding: where vectors lie, how near they are to their own, and who finds whom."""

from collections.abc import Sequence
from colorsys import hsv_to_rgb
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.evenly import evenly
from nnlab.core.truth import Truth
from nnlab.core.truths import labels_of, vectors_of
from nnlab.core.types import Array
from nnlab.kernels.nearest import nearest
from nnlab.tasks.embedding import Embedding
from nnlab.tracking import plots
from nnlab.tracking.canvas import BLUE, FAINT, GREY, ORANGE, draw_title, figure_at
from nnlab.tracking.figures.base import FIGURES, Figures, Subject, drawn
from nnlab.tracking.figures.general import SHEET_OF, inputs
from nnlab.tracking.nearness import Cosines, cosines, most_wrong, plane

QUERIES, SHOWN = 12, 7
"""Queries of the sheet, and how many of the nearest stand beside each."""

MOST_NAMES = 20
"""Classes that are named in the plane."""


@FIGURES.register(Embedding)
class EmbeddingFigures(Figures):
    """vectors-dev.png, vectors-test.png, and nearest.png: the queries that find others before their own."""

    def __init__(self) -> None:
        self._parts: dict[str, list[tuple[Array, Array]]] = {}

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Keeps the vectors."""
        pair = np.array(vectors_of(answers)), np.array(labels_of(batch.truths))
        self._parts.setdefault(partition, []).append(pair)

    def draw(self, folder: Path, subject: Subject) -> list[Path]:
        """One picture of the vectors for each partition, one sheet."""
        paths: list[Path] = []
        for name in self._parts:
            with drawn(folder / f"vectors-{name}.png", paths) as path:
                draw_vectors(path, *self._vectors(name), subject.data.names, title=f"{subject.title} · {name}")
        shown = next((name for name in SHEET_OF if name in self._parts), None)
        if subject.image_shape is not None and shown is not None:
            with drawn(folder / "nearest.png", paths) as path:
                self._draw_nearest(path, shown, subject)
        return paths

    def _vectors(self, partition: str) -> tuple[Array, Array]:
        vectors, labels = (np.concatenate(part) for part in zip(*self._parts[partition], strict=True))
        return vectors, labels

    def _draw_nearest(self, path: Path, name: str, subject: Subject) -> None:
        vectors, labels = self._vectors(name)
        wrong = most_wrong(vectors, labels, QUERIES)
        chosen = [query.place for query in wrong] or evenly(range(len(labels)), QUERIES)
        places, shares = nearest(vectors[chosen], vectors, SHOWN + 1)
        images, first, second = list[int](), list[str](), list[str]()
        for query, row, near in zip(chosen, places.tolist(), shares.tolist(), strict=True):
            others = [(place, share) for place, share in zip(row, near, strict=True) if place != query][:SHOWN]
            images += [query, *(place for place, _ in others)]
            first += ["query", *(f"{share:.3f}" for _, share in others)]
            second += [subject.data.names[labels[place]] for place in (query, *(place for place, _ in others))]
        pixels = inputs(getattr(subject.data, name), np.unique(images))
        found = pixels[np.searchsorted(np.unique(images), images)].reshape(len(images), *(subject.image_shape or ()))
        what = "the queries most wrong" if wrong else "no query is wrong: some of them"
        note = f"{name}: {what}, and the {SHOWN} nearest to each, by cosine"
        plots.draw_captioned(path, found, first, second, title=f"{subject.title} · nearest", note=note)


def draw_vectors(path: Path, vectors: Array, labels: Array, names: Sequence[str], *, title: str) -> None:
    """The plane in which vectors differ most, and the cosines of pairs of one class and of two."""
    width, height = 9.4, 4.8
    places, share = plane(vectors)
    with figure_at(path, width, height) as figure:
        draw_title(figure, title, f"{len(labels)} vectors of {vectors.shape[1]} numbers")
        axes = figure.add_axes((0.06, 0.1, 0.4, 0.66))
        there = np.unique(labels)
        colours = dict(zip(there.tolist(), figure_colours(len(there)), strict=True))
        axes.scatter(
            places[:, 0], places[:, 1], s=8, c=[colours[label] for label in labels.tolist()], alpha=0.6, linewidths=0
        )
        for label in there[:MOST_NAMES]:
            middle = places[labels == label].mean(axis=0)
            axes.text(*middle, names[label], parse_math=False, ha="center", va="center", fontsize=10, weight="bold")
        axes.spines[["top", "right"]].set_visible(False)
        axes.text(0, 1.04, f"the plane of most variance ({share:.0%} of it)", transform=axes.transAxes)
        _draw_cosines(figure.add_axes((0.55, 0.1, 0.42, 0.66)), cosines(vectors, labels))


def _draw_cosines(axes: Any, found: Cosines) -> None:
    middles = (found.ends[:-1] + found.ends[1:]) / 2
    for shares, colour in ((found.between, GREY), (found.within, BLUE)):
        axes.fill_between(middles, shares, step="mid", color=colour, alpha=0.45, linewidth=0)
    axes.axvline(found.mean_within, color=BLUE, linewidth=1)
    axes.axvline(found.mean_between, color=ORANGE, linewidth=1)
    axes.set_xlim(-1, 1)
    axes.set_ylim(bottom=0)
    axes.grid(color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    said = f"cosines of pairs: of one class (blue, mean {found.mean_within:.2f}), of two ({found.mean_between:.2f})"
    axes.text(0, 1.04, said, transform=axes.transAxes)


def figure_colours(count: int) -> Sequence[tuple[float, float, float]]:
    """A colour for each class, around the circle."""
    return [hsv_to_rgb(place / max(count, 1), 0.75, 0.8) for place in range(count)]
