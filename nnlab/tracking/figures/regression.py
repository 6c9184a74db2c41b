"""The figures of a regression: answers against what is true, and the samples with the largest errors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truth import Truth
from nnlab.core.truths import rows_of
from nnlab.core.types import Array
from nnlab.tasks.regression import Regression
from nnlab.tracking import plots
from nnlab.tracking.canvas import BLUE, FAINT, GREY, draw_title, figure_at
from nnlab.tracking.figures.base import FIGURES, Figures, Subject, drawn
from nnlab.tracking.figures.general import MOST_SAMPLES, SHEET_OF, inputs

WORST = 20
"""How many samples the sheet shows where no other number is asked for."""

MOST_PANELS = 6
"""How many values get a panel: the first ones."""


@FIGURES.register(Regression)
class RegressionFigures(Figures):
    """predicted-dev.png, predicted-test.png, and samples.png with the worst first."""

    def __init__(self) -> None:
        self._parts: dict[str, list[tuple[Array, Array]]] = {}

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Keeps the numbers."""
        pair = rows_of(batch.truths), np.array(rows_of(answers), np.float64)
        self._parts.setdefault(partition, []).append(pair)

    def draw(self, folder: Path, subject: Subject) -> list[Path]:
        """One plot for each partition, one sheet."""
        paths: list[Path] = []
        for name in self._parts:
            with drawn(folder / f"predicted-{name}.png", paths) as path:
                draw_predicted(path, *self._numbers(name), subject.data.names, title=f"{subject.title} · {name}")
        shown = next((name for name in SHEET_OF if name in self._parts), None)
        if subject.image_shape is not None and shown is not None:
            with drawn(folder / "samples.png", paths) as path:
                self._draw_worst(path, shown, subject)
        return paths

    def _numbers(self, partition: str) -> tuple[Array, Array]:
        actual, predicted = (np.concatenate(part) for part in zip(*self._parts[partition], strict=True))
        return actual, predicted

    def _draw_worst(self, path: Path, name: str, subject: Subject) -> None:
        actual, predicted = self._numbers(name)
        spread = actual.std(axis=0)
        far = (np.abs(predicted - actual) / np.where(spread > 0, spread, 1)).max(axis=1)  # values count alike
        chosen = np.argsort(-np.nan_to_num(far, nan=np.inf), kind="stable")[
            : min(subject.samples or WORST, MOST_SAMPLES)
        ]
        images = inputs(getattr(subject.data, name), chosen).reshape(len(chosen), *(subject.image_shape or ()))
        said, true = [_row(predicted[place]) for place in chosen], [f"is {_row(actual[place])}" for place in chosen]
        note = f"{name}: the {len(chosen)} of {len(actual)} that are farthest off"
        title = f"{subject.title} · what the network sees"
        plots.draw_captioned(path, images, said, true, title=title, note=note)


def draw_predicted(path: Path, actual: Array, predicted: Array, names: Sequence[str], *, title: str) -> None:
    """What was said against what is true, a panel for each value; on the line both are the same."""
    shown = names[:MOST_PANELS]
    width, height = 4.0 * len(shown) + 0.6, 4.6
    note = f"{len(actual)} samples" + (
        f", the first {MOST_PANELS} of {len(names)} values" if names[MOST_PANELS:] else ""
    )
    with figure_at(path, width, height) as figure:
        draw_title(figure, title, note)
        for place, name in enumerate(shown):
            axes = figure.add_axes(((4.0 * place + 0.8) / width, 0.12, 3.2 / width, 3.2 / height))
            true, said = actual[:, place], predicted[:, place]
            known = np.isfinite(said)
            ends = np.array([true.min(), true.max()])
            axes.plot(ends, ends, color=GREY, linewidth=1.2, zorder=1)
            axes.scatter(true[known], said[known], s=9, color=BLUE, alpha=0.5, linewidths=0, zorder=2)
            axes.grid(color=FAINT, linewidth=0.8)
            axes.set_axisbelow(True)
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_xlabel(f"{name}, true", parse_math=False)
            axes.text(0, 1.04, f"{name}, predicted", transform=axes.transAxes, parse_math=False)


def _row(numbers: Array) -> str:
    return ", ".join(f"{number:.3g}" for number in numbers)
