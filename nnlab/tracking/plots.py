"""The figures of a run."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.metrics.base import Metric
from nnlab.tracking.canvas import (
    BLUE,
    DPI,
    FAINT,
    GREY,
    INK,
    MARGIN,
    ORANGE,
    draw_title,
    figure_at,
    letter_width,
    matplotlib_here,
)
from nnlab.tracking.confusion import Confusion
from nnlab.tracking.judged import scale_of
from nnlab.tracking.sheet import Predictions, as_shown, compose, rgb, short
from nnlab.training.record import EpochRecord, Score

LEGEND = 12  # units that are told apart by name
MOST_UNITS = 200  # that are drawn


@dataclass(frozen=True)
class Curve:
    """What is drawn over the epochs.

    Options:  heading: above it.  attribute: of a score.  is_share: in percent.  is_fraction: 0 to 1, as it is.
    """

    heading: str
    attribute: str
    is_share: bool = False
    is_fraction: bool = False

    @classmethod
    def of(cls, metric: Metric) -> "Curve":
        """The figure of the metric that judges."""
        title = metric.figure_title
        heading = f"{title[:1].upper()}{title[1:]}"
        scale = scale_of(metric)
        return cls(f"{heading}, %" if scale == "share" else heading, "figure", scale == "share", scale == "fraction")

    def values(self, scores: Sequence[Score | None]) -> Array:
        """That of every score; NaN, which Matplotlib leaves out, where it is missing or not finite."""
        found = [getattr(score, self.attribute) if score else math.nan for score in scores]
        values: Array = np.array(found, dtype=np.float64)
        values[~np.isfinite(values)] = math.nan
        return values * 100 if self.is_share else values


LOSS = Curve("Loss", "loss")


def draw_training(
    path: Path,
    history: Sequence[EpochRecord],
    judge: Metric,
    *,
    best_epoch: int | None,
    early_stop_epoch: int | None,
    title: str,
) -> None:
    """Cost and the judging figure over the epochs, training and dev; the best epoch and the early stop are marked."""
    epochs = [record.epoch for record in history]
    with figure_at(path, 9.2, 4.1) as figure:
        draw_title(figure, title)
        for left, curve in ((0.07, LOSS), (0.57, Curve.of(judge))):
            axes = figure.add_axes((left, 0.12, 0.415, 0.63))
            lines: dict[str, Array] = {"training": curve.values([record.training for record in history])}
            if any(record.dev for record in history):
                lines["dev"] = curve.values([record.dev for record in history])
            _curves(axes, epochs, lines)
            _scale(axes, lines, curve)
            if early_stop_epoch is not None:
                axes.axvline(early_stop_epoch, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)),
                             label=f"early stop, epoch {early_stop_epoch}")  # fmt: skip
            if best_epoch is not None:
                value = float(lines.get("dev", lines["training"])[epochs.index(best_epoch)])
                _mark_best(axes, best_epoch, value, curve)
        figure.legend(*axes.get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(0.008, 0.925), ncols=4,
                      frameon=False, borderaxespad=0)  # fmt: skip


def _curves(axes: Any, epochs: list[int], lines: dict[str, Array]) -> None:
    for label, values in lines.items():
        _curve(axes, epochs, values, BLUE if label == "training" else ORANGE, label)
    _epochs_across(axes, epochs)


def _curve(axes: Any, epochs: list[int], values: Array, colour: Any, label: str) -> None:
    marker = "o" if len(epochs) <= 12 else None
    axes.plot(epochs, values, color=colour, label=label, linewidth=1.6, marker=marker, markersize=3.5)


def _epochs_across(axes: Any, epochs: list[int]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel("epoch")
    axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5 + 0.01 * len(epochs))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.grid(color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _scale(axes: Any, lines: dict[str, Array], curve: Curve) -> None:
    """The upright axis and its heading; a figure that falls far gets a logarithmic one."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    known = np.concatenate(list(lines.values()))
    known = known[np.isfinite(known)]
    heading = curve.heading
    if curve.is_share:
        axes.set_ylim(-2, 104)
    elif curve.is_fraction and known.size and known.min() >= 0 and known.max() <= 1:
        axes.set_ylim(-0.02, 1.04)
    elif known.size and known.min() > 0 and known.max() > 30 * known.min():
        heading = f"{heading}, logarithmic"
        axes.set_yscale("log")
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    elif known.size and known.min() >= 0:
        axes.set_ylim(0, known.max() * 1.08 or 1)
    axes.text(0, 1.04, heading, transform=axes.transAxes)
    unknown = int(np.isnan(lines["training"]).sum())
    if unknown:
        said = f"not finite in {unknown} of {len(lines['training'])} epochs"
        axes.text(0.98, 0.96, said, transform=axes.transAxes, ha="right", va="top", color=ORANGE)


def _mark_best(axes: Any, epoch: int, value: float, curve: Curve) -> None:
    if not math.isfinite(value):
        return
    axes.plot([epoch], [value], "o", markerfacecolor="none", markeredgecolor=INK, markersize=8, markeredgewidth=1.4,
              label=f"best, epoch {epoch}", zorder=5)  # fmt: skip
    low, high = axes.get_xlim()
    left_of_it = (epoch - low) / (high - low) > 0.75
    said = f"{value:.1f}%" if curve.is_share else f"{value:.3g}"
    axes.annotate(said, (epoch, value), xytext=(-7 if left_of_it else 7, -15 if curve.is_share else 9),
                  textcoords="offset points", ha="right" if left_of_it else "left", fontweight="bold",
                  bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1})  # fmt: skip


def draw_tracked(path: Path, rows: Sequence[Mapping[str, Any]], *, title: str) -> None:
    """Mean and deviation of units' outputs, and the length of their weights if they have any: a line per unit.

    Options:  rows: records of one layer, as tracked.jsonl has them.
    """
    headings = {"mean": "Mean output", "deviation": "Deviation of outputs", "weight_norm": "Length of weights"}
    shown = [name for name in headings if any(row[name] is not None for row in rows)] or ["mean"]
    epochs, units = (sorted({row[key] for row in rows}) for key in ("epoch", "unit"))
    note = f"{len(units)} units in each epoch's first step"
    if len(units) > MOST_UNITS:
        units, note = units[:MOST_UNITS], f"{note}, the first {MOST_UNITS} of them"
    colours = matplotlib_here().colormaps["viridis"](np.linspace(0, 0.92, len(units)))
    known = {(row["epoch"], row["unit"]): row for row in rows}
    width = 4.0 * len(shown) + 1.1  # inches, the names of the units at the right
    with figure_at(path, width, 4.1) as figure:
        draw_title(figure, title, note)
        for place, name in enumerate(shown):
            axes = figure.add_axes(((4.0 * place + 0.7) / width, 0.12, 3.2 / width, 0.63))
            for unit, colour in zip(units, colours, strict=True):
                values = [known.get((epoch, unit), {}).get(name) for epoch in epochs]
                line = np.array([math.nan if value is None else value for value in values], np.float64)
                _curve(axes, epochs, line, colour, f"unit {unit}")
            _epochs_across(axes, epochs)
            axes.text(0, 1.04, headings[name], transform=axes.transAxes)
        if len(units) <= LEGEND:
            axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False, borderaxespad=0)


def draw_confusion(path: Path, confusion: Confusion, *, title: str) -> None:
    """Actual classes down, predicted ones across; what is right in blue, mistakes in orange, by share of their row."""
    counts, names = confusion.counts, [short(name) for name in confusion.classes]
    total, n = confusion.total, len(names)
    cell = min(0.55, max(0.21, 5.2 / n))
    points = min(9.0, cell * 25)
    long = max(len(name) for name in names) * letter_width(max(points, 6.0))
    turned = long > cell * 0.95  # names wider than their column are turned
    left, bottom, top = 0.5 + long, 0.45 + (long if turned else 0.15), 0.75
    width, height = max(left + n * cell + 0.3, 4.8), bottom + n * cell + top
    note = f"{confusion.right} of {total} right, {confusion.right / total:.1%}" if total else "no samples"
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    with figure_at(path, width, height) as figure:
        draw_title(figure, title, " · ".join(filter(None, (note, confusion.note))))
        axes = figure.add_axes((left / width, bottom / height, n * cell / width, n * cell / height))
        axes.set_axis_off()  # ticks cost more than everything else together
        axes.imshow(_shades(counts), interpolation="nearest", aspect="auto", extent=(0, n, n, 0))
        for lines in (axes.hlines, axes.vlines):
            lines(range(n + 1), 0, n, color=FAINT, linewidth=0.6, clip_on=False)
        gap, style = 0.06 / cell, {"fontsize": max(points, 6.0), "parse_math": False}
        for i, name in enumerate(names):
            axes.text(-gap, i + 0.5, name, ha="right", va="center", **style)
            axes.text(i + 0.5, n + gap, name, ha="center", va="top", rotation=90 if turned else 0, **style)
        for row, column in np.argwhere(counts):
            axes.text(column + 0.5, row + 0.5, str(counts[row, column]), ha="center", va="center", fontsize=points,
                      color="white" if shares[row, column] > 0.55 else INK)  # fmt: skip
        figure.text((left + n * cell / 2) / width, 0.12 / height, "predicted", ha="center", color=GREY)
        figure.text(0.15 / width, (bottom + n * cell / 2) / height, "actual", va="center", rotation=90, color=GREY)


def _shades(counts: Array) -> Array:
    """(classes, classes, 3) white to blue on the diagonal, white to orange beside it, by share of the row."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    strength = np.where(counts > 0, 0.12 + 0.88 * shares, 0.0)[:, :, np.newaxis]
    hues = np.where(np.eye(len(counts), dtype=bool)[:, :, np.newaxis], rgb(BLUE), rgb(ORANGE))
    shades: Array = 1 - strength * (1 - hues)
    return shades


def draw_samples(
    path: Path, images: Array, predictions: Predictions, classes: Sequence[str], *, title: str, note: str = ""
) -> None:
    """A sheet of samples as the network saw them; a wrong prediction is framed, with what it really is below it.

    Shapes:  images: (N, height, width) or (N, height, width, channels), in the order of `predictions`
    """
    wrong, captions = predictions.actual != predictions.predicted, []
    for i in range(len(images)):
        sure = f"  {predictions.confidence[i]:.0%}" if math.isfinite(predictions.confidence[i]) else ""
        taken_for = classes[predictions.predicted[i]] if predictions.predicted[i] >= 0 else "no answer"
        is_really = [("is ", classes[predictions.actual[i]], "", INK)] if wrong[i] else []
        captions.append([("", taken_for, sure, ORANGE if wrong[i] else INK), *is_really])
    _draw_sheet(path, images, captions, wrong, title, note)


def draw_minibatch(
    path: Path, images: Array, labels: Sequence[str], sources: Sequence[str], *, title: str, note: str = ""
) -> None:
    """A sheet of what the network is given, with the class and the file of each sample.

    Shapes:  images: (N, height, width) or (N, height, width, channels)
    """
    draw_captioned(path, images, labels, [source.rpartition("/")[2] for source in sources], title=title, note=note)


def draw_captioned(
    path: Path, images: Array, first: Sequence[str], second: Sequence[str], *, title: str, note: str = ""
) -> None:
    """A sheet of images with two lines below each, the second in grey.

    Shapes:  images: (N, height, width) or (N, height, width, channels)
    """
    captions = [[("", one, "", INK), ("", other, "", GREY)] for one, other in zip(first, second, strict=True)]
    _draw_sheet(path, images, captions, np.zeros(len(images), bool), title, note)


Line = tuple[str, str, str, str]
"""A caption's line: what comes before a name, the name, which is shortened to fit, what comes after it, the colour."""


def _draw_sheet(
    path: Path, images: Array, captions: Sequence[Sequence[Line]], framed: Array, title: str, note: str
) -> None:
    sheet = compose(as_shown(images), min(8, max(4, len(images))), framed=framed, colour=rgb(ORANGE))
    tall, wide = sheet.pixels.shape[:2]
    letters = int((sheet.step_x - 4) / DPI / letter_width(7.8))
    style = {"va": "top", "fontsize": 7.5, "parse_math": False, "transform": None}  # placed by pixel
    with figure_at(path, (wide + 24) / DPI, (tall + 76) / DPI, sheet.pixels) as figure:
        draw_title(figure, title, note)
        for i, lines in enumerate(captions):
            left, below = sheet.caption(i)
            for row, (before, name, after, colour) in enumerate(lines):
                text = f"{before}{short(name, letters - len(before) - len(after))}{after}"
                figure.text(MARGIN + left + 3, tall - below - 3 - 14 * row, text, color=colour, **style)
