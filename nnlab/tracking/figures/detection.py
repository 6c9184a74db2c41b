"""The figures of a detection: precision over recall, class by class, and the pictures it was most wrong about."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.printing import printable
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.metrics.average_precision import AveragePrecision, MeanAveragePrecision, Precisions
from nnlab.metrics.together import update_all
from nnlab.tasks.base import Task
from nnlab.tasks.detection import Detection
from nnlab.tracking.canvas import FAINT, GREY, INK, draw_title, figure_at
from nnlab.tracking.contact_sheet import Tile, draw_contact_sheet
from nnlab.tracking.figures.base import FIGURES, Figures, Subject, drawn
from nnlab.tracking.figures.general import MOST_SAMPLES, SHEET_OF
from nnlab.tracking.marks import COLOURS
from nnlab.tracking.pictures.mistakes import WORST, Mistakes
from nnlab.tracking.pictures.thumbnail import thumbnail
from nnlab.tracking.predictions import in_words, told
from nnlab.tracking.sheet import short

MOST_CLASSES = 20
"""Classes that are drawn: those with most things."""

SIDE = 160
"""The longer side of a picture on the sheet, in pixels."""


@FIGURES.register(Detection)
class DetectionFigures(Figures):
    """precision-dev.png, precision-test.png, and samples.png with the most wrong first."""

    def __init__(self, task: Task) -> None:
        self._figures: dict[str, tuple[AveragePrecision, Precisions, Precisions]] = {}
        self._mistakes = Mistakes(task)

    @classmethod
    def of(cls, task: Task) -> Self:
        """Which answers are sure enough to be drawn is said by the task."""
        return cls(task)

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Matches the boxes, and keeps those of the worst."""
        fresh = (AveragePrecision(iou=0.5), AveragePrecision(iou=0.75), MeanAveragePrecision())
        update_all(self._figures.setdefault(partition, fresh), answers, batch.truths)
        self._mistakes.answered(partition, batch, answers, losses)

    def draw(self, folder: Path, subject: Subject) -> list[Path]:
        """One plot for each partition, one sheet."""
        paths: list[Path] = []
        for name, metrics in self._figures.items():
            if not metrics[0].there.any():  # nothing there is nothing to find
                continue
            with drawn(folder / f"precision-{name}.png", paths) as path:
                draw_precision(path, metrics, subject.data.names, title=f"{subject.title} · {name}")
        shown = next((name for name in SHEET_OF if name in self._figures), None)
        if shown is not None and self._mistakes.partitions[shown].answers:
            with drawn(folder / "samples.png", paths) as path:
                self._draw_worst(path, shown, subject)
        return paths

    def _draw_worst(self, path: Path, name: str, subject: Subject) -> None:
        part, names = getattr(subject.data, name), subject.data.names
        answered = self._mistakes.partitions[name]
        tiles = []
        for place in answered.worst(min(subject.samples or WORST, MOST_SAMPLES, WORST)):
            truth, answer = part.truths[place], answered.answers[place]
            pictures = tuple(_coloured(thumbnail(part.pixels(place), each, names, SIDE)) for each in (truth, answer))
            said = in_words(told(answer, names)) or "nothing"
            source = printable(part.sources[place]).rpartition("/")[2]
            tiles.append(Tile(pictures, (f"said: {said}", f"{int(answered.wrong[place])} wrong · {source}")))
        note = f"{name}: left what is true, right what was said, the most wrong of {len(part)} first"
        draw_contact_sheet(path, tiles, title=f"{subject.title} · most wrong", note=note)


def draw_precision(
    path: Path, metrics: tuple[AveragePrecision, Precisions, Precisions], names: Sequence[str], *, title: str
) -> None:
    """Left, the share of boxes that are right over the share of things that are found, as fewer and fewer sure boxes
    are taken; right, the area below, at three overlaps.
    """
    first = metrics[0]
    order = np.argsort(-first.there, kind="stable")[:MOST_CLASSES]
    shown = sorted(order[first.there[order] > 0].tolist())
    left = int((first.there > 0).sum()) - len(shown)
    note = f"{int(first.there.sum()):,} things" + (f"; {left} rarer classes are left out" if left else "")
    height = max(4.2, 1.3 + 0.42 * len(shown))
    with figure_at(path, 9.4, height) as figure:
        draw_title(figure, title, note)
        _curves(figure.add_axes((0.075, 0.55 / height, 0.39, 1 - 1.5 / height)), first, shown)
        _areas(
            figure.add_axes((0.62, 0.55 / height, 0.34, 1 - 1.5 / height)), metrics, [names[at] for at in shown], shown
        )


def _curves(axes: Any, metric: AveragePrecision, shown: Sequence[int]) -> None:
    for label in shown:
        recall, precision = metric.curve(label)
        if not len(recall):
            continue
        colour = COLOURS[label % len(COLOURS)]
        axes.plot(
            np.concatenate([[0], recall]), np.concatenate([precision[:1], precision]), color=colour, linewidth=1.4
        )
    axes.set_xlim(0, 1.005)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("recall: share of the things that are found")
    axes.text(0, 1.04, "precision at an overlap of 0.5", transform=axes.transAxes)
    _plain(axes)


def _areas(axes: Any, metrics: Sequence[Precisions], names: Sequence[str], shown: Sequence[int]) -> None:
    """A row of three bars for each class."""
    areas = [metric.per_class() for metric in metrics]
    for row, label in enumerate(shown):
        colour = COLOURS[label % len(COLOURS)]
        for part, (each, alpha) in enumerate(zip(areas, (1.0, 0.6, 0.35), strict=True)):
            area = float(each[label])
            axes.barh(row + 0.26 * (part - 1), area, height=0.24, color=colour, alpha=alpha)
            if len(shown) <= MOST_CLASSES // 2:
                axes.text(area + 0.01, row + 0.26 * (part - 1), f"{area:.2f}", fontsize=7, va="center", color=INK)
    axes.set_yticks(range(len(shown)), [short(name, 18) for name in names], parse_math=False)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(0, 1.1)
    axes.text(0, 1.04, "AP at 0.5, at 0.75, mean of 0.5 to 0.95", transform=axes.transAxes, color=GREY)
    _plain(axes)


def _plain(axes: Any) -> None:
    axes.grid(color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _coloured(pixels: Array) -> Array:
    """With three channels."""
    return pixels.repeat(3 // pixels.shape[2], axis=2)
