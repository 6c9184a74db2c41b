"""Draws every figure of a run."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.tracking import plots
from nnlab.tracking.canvas import if_drawn
from nnlab.tracking.confusion import Confusion, confusion_of
from nnlab.tracking.sheet import choose_samples, subset
from nnlab.tracking.store import file_name
from nnlab.training.record import Predictions, Step, TrainingResult
from nnlab.training.samples import Dataset, Samples

SHEET, MOST_SAMPLES = 40, 400
"""How many samples the sheet shows, and at most when more are asked for: its pixels are counted in millions."""

SHEET_OF = ("dev", "test")
"""What the sheet shows samples of: the first that there is."""


BATCH_SHEET = 64
"""How many samples of a minibatch are drawn."""


def draw_figures(
    folder: Path,
    result: TrainingResult,
    data: Dataset,
    *,
    image_shape: Shape | None,
    title: str,
    samples: int = 0,
) -> list[Path]:
    """Writes training.png, confusion-dev.png, confusion-test.png and samples.png, each if there is something to draw.

    Options:  samples: how many the sheet shows; 0 for the usual number.
              image_shape: (height, width, channels) of a sample before it was flattened; None when it is no image.
    One that fails is a warning, and left out.
    """
    drawn: list[Path] = []
    if result.history:
        with _drawn(folder / "training.png", drawn) as path:
            plots.draw_training(
                path,
                result.history,
                best_epoch=result.best_epoch,
                early_stop_epoch=result.early_stop_epoch,
                title=title,
            )
    for name, said in result.predictions.items():
        with _drawn(folder / f"confusion-{name}.png", drawn) as path:
            plots.draw_confusion(path, _confusion(said, data.classes), title=f"{title} · {name}")
    if image_shape is not None and result.predictions.keys() & set(SHEET_OF):
        with _drawn(folder / "samples.png", drawn) as path:
            _draw_samples(path, result, data, image_shape, min(samples or SHEET, MOST_SAMPLES), title)
    return drawn


@contextmanager
def _drawn(path: Path, drawn: list[Path]) -> Iterator[Path]:
    """A figure that is added to those that are drawn, unless it fails."""
    with if_drawn(path):
        yield path
        drawn.append(path)


def _confusion(said: Predictions, classes: Sequence[str]) -> Confusion:
    decided = said.predicted >= 0
    return confusion_of(said.actual[decided], said.predicted[decided], np.ones(decided.sum(), np.int64), classes)


def _draw_samples(
    path: Path, result: TrainingResult, data: Dataset, image_shape: Shape, count: int, title: str
) -> None:
    name = next(name for name in SHEET_OF if name in result.predictions)
    said = result.predictions[name]
    chosen = choose_samples(said, count)
    images = _inputs(getattr(data, name), chosen).reshape(len(chosen), *image_shape)
    wrong = int((said.actual != said.predicted).sum())
    note = f"{name}: {wrong} of {len(said.actual)} wrong" + (", the surest mistakes first" if wrong else "")
    heading = f"{title} · what the network sees"
    plots.draw_samples(path, images, subset(said, chosen), data.classes, title=heading, note=note)


def draw_tracked(folder: Path, tracked: Sequence[Mapping[str, Any]], *, title: str) -> list[Path]:
    """Writes tracked-LAYER.png for every layer of which there are records of units that were followed."""
    layers: dict[str, list[Mapping[str, Any]]] = {}
    for row in tracked:
        layers.setdefault(row["layer"], []).append(row)
    drawn: list[Path] = []
    for layer, rows in layers.items():
        with _drawn(folder / f"tracked-{file_name(layer)}.png", drawn) as path:
            plots.draw_tracked(path, rows, title=f"{title} · {layer}")
    return drawn


def draw_minibatch(folder: Path, step: Step, *, data: Dataset, image_shape: Shape, title: str) -> Path:
    """Writes epoch-001-batch-001.png: what the network is given in a step, with the class and file of each sample."""
    batch, count = step.batch, min(len(step.batch), BATCH_SHEET)
    images = np.asarray(batch.inputs[:count]).reshape(count, *image_shape)
    labels = [data.classes[label] for label in np.argmax(batch.targets[:count], axis=1)]
    path = folder / f"epoch-{step.epoch:03}-batch-{step.batch_index + 1:03}.png"
    note = f"{len(batch)} samples" + (f", the first {count} of them" if count < len(batch) else "")
    heading = f"{title} · epoch {step.epoch}, minibatch {step.batch_index + 1}"
    plots.draw_minibatch(path, images, labels, batch.sources[:count], title=heading, note=note)
    return path


def _inputs(samples: Samples, chosen: Array) -> Array:
    """The inputs of some samples, by their place in the partition."""
    wanted = {int(index): place for place, index in enumerate(chosen)}
    found: dict[int, Array] = {}
    start = 0
    for batch in samples.batches():
        for index in wanted.keys() & range(start, start + len(batch)):
            found[wanted[index]] = np.array(batch.inputs[index - start])
        start += len(batch)
    return np.stack([found[place] for place in range(len(chosen))])
