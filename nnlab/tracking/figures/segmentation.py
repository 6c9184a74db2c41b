"""The figures of a segmentation: how well each class is found, and the pictures that it is most wrong about."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truth import Mask, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array, Pixels
from nnlab.metrics.counts import MeanIoU
from nnlab.tasks.segmentation import Segmentation
from nnlab.tracking import plots
from nnlab.tracking.canvas import BLUE, FAINT, draw_title, figure_at
from nnlab.tracking.figures.base import FIGURES, Figures, Subject, drawn
from nnlab.tracking.figures.general import SHEET_OF
from nnlab.tracking.marks import framed, marked

WORST = 8
"""How many pictures the sheet shows where no other number is asked for."""

LEAST = 192
"""Rows or columns that a picture of the sheet has about, at least: small ones are enlarged by a whole number."""

MOST_CLASSES = 40
"""How many classes have a bar: the first ones."""


@dataclass(frozen=True, eq=False)
class _Shown:
    """A picture, what is true of it and what was said.  Options:  iou: the mean over its classes."""

    iou: float
    source: str
    picture: Array
    true: Mask
    said: Mask


@FIGURES.register(Segmentation)
class SegmentationFigures(Figures):
    """iou-dev.png, iou-test.png, and samples.png with the worst first: each picture, its mask, and the answer."""

    def __init__(self) -> None:
        self._counts: dict[str, MeanIoU] = {}
        self._worst: dict[str, list[_Shown]] = {}

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Counts pixels, and keeps the worst pictures."""
        self._counts.setdefault(partition, MeanIoU()).update(answers, batch.truths)
        if batch.inputs.ndim != 4:
            return
        kept = self._worst.setdefault(partition, [])
        pairs = zip(of_kind(batch.truths, Mask), of_kind(answers, Mask), strict=True)
        for place, (true, said) in enumerate(pairs):
            alone = MeanIoU()
            alone.update([said], [true])
            iou = alone.compute()
            if np.isnan(iou):  # of a mask of void alone nothing is wrong
                continue
            kept.append(_Shown(iou, batch.sources[place], np.array(batch.inputs[place]), true, said))
        kept.sort(key=lambda shown: shown.iou)
        del kept[WORST:]

    def draw(self, folder: Path, subject: Subject) -> list[Path]:
        """A chart for each partition, one sheet."""
        paths: list[Path] = []
        for name, counts in self._counts.items():
            with drawn(folder / f"iou-{name}.png", paths) as path:
                draw_per_class(path, counts, subject.data.names, title=f"{subject.title} · {name}")
        shown = next((name for name in SHEET_OF if self._worst.get(name)), None)
        if shown is not None:
            with drawn(folder / "samples.png", paths) as path:
                self._draw_worst(path, shown, subject)
        return paths

    def _draw_worst(self, path: Path, name: str, subject: Subject) -> None:
        shown = self._worst[name][: subject.samples or WORST]
        images = np.stack([_triple(one, subject.data.names) for one in shown])
        said, files = [f"IoU {one.iou:.3f}" for one in shown], [one.source.rpartition("/")[2] for one in shown]
        note = f"{name}: the {len(shown)} that are farthest off; each picture, what is true of it, what was said"
        plots.draw_captioned(path, images, said, files, title=subject.title, note=note)


def _triple(shown: _Shown, names: Sequence[str]) -> Array:
    """The picture, with its mask, with the answer, small ones enlarged.

    Shapes:  result: (height, 3 width + 8, 3), 0 to 1
    """
    small = _as_pixels(shown.picture)
    times = max(1, LEAST // max(small.shape[:2]))
    picture = small.repeat(times, axis=0).repeat(times, axis=1)
    gap = np.full((len(picture), 4, 3), 255, np.uint8)
    said = framed(shown.said, *small.shape[:2])
    parts = (picture, gap, marked(shown.true, picture, times, names), gap, marked(said, picture, times, names))
    return np.concatenate(parts, axis=1) / 255


def _as_pixels(inputs: Array) -> Pixels:
    """What a network sees, in colours: stretched from its least to its greatest value."""
    low, high = float(inputs.min()), float(inputs.max())
    grey = (inputs - low) / ((high - low) or 1.0)
    colours = grey if inputs.shape[2] == 3 else np.repeat(grey[:, :, :1], 3, axis=2)
    return np.rint(255 * colours).astype(np.uint8)


def draw_per_class(path: Path, counts: MeanIoU, names: Sequence[str], *, title: str) -> None:
    """A bar for each class, and where the mean is."""
    figures = counts.per_class()
    known = [(name, float(figure)) for name, figure in zip(names, figures, strict=False) if figure == figure]
    shown = known[:MOST_CLASSES][::-1]
    height = 1.3 + 0.32 * max(1, len(shown))
    more = f", the first {MOST_CLASSES} of {len(known)} classes" if known[MOST_CLASSES:] else ""
    with figure_at(path, 6.4, height) as figure:
        draw_title(figure, title, f"IoU of each class{more}; the line is their mean, {counts.compute():.3f}")
        axes = figure.add_axes((0.24, 0.42 / height, 0.68, 1 - 1.12 / height))
        axes.barh(range(len(shown)), [figure for _, figure in shown], color=BLUE, height=0.7)
        axes.set_yticks(range(len(shown)))
        axes.set_yticklabels([name[:24] for name, _ in shown], parse_math=False)
        for place, (_, value) in enumerate(shown):
            axes.text(min(value + 0.01, 0.9), place, f"{value:.3f}", va="center", fontsize=8)
        axes.axvline(counts.compute(), color="black", linewidth=1)
        axes.set_xlim(0, 1)
        axes.grid(color=FAINT, linewidth=0.8, axis="x")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
