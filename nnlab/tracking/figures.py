"""Draws every figure of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.tracking import plots
from nnlab.tracking.sheet import choose_samples, subset
from nnlab.tracking.store import file_name
from nnlab.training.record import Step, TrainingResult
from nnlab.training.samples import Dataset, Samples

SHEET = 40
"""How many samples the sheet shows."""


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
    Raises:  RunError: when one cannot be written.
    """
    drawn: list[Path] = []
    if result.history:
        drawn.append(folder / "training.png")
        plots.draw_training(
            drawn[-1],
            result.history,
            best_epoch=result.best_epoch,
            early_stop_epoch=result.early_stop_epoch,
            title=title,
        )
    for name, said in result.predictions.items():
        drawn.append(folder / f"confusion-{name}.png")
        plots.draw_confusion(drawn[-1], said.confusion(), data.classes, title=f"{title} · {name}")
    sheet_of = next((name for name in ("dev", "test") if name in result.predictions), None)
    if sheet_of and image_shape is not None:
        said = result.predictions[sheet_of]
        chosen = choose_samples(said, samples or SHEET)
        images = _inputs(getattr(data, sheet_of), chosen).reshape(len(chosen), *image_shape)
        wrong = int((said.actual != said.predicted).sum())
        note = f"{sheet_of}: {wrong} of {len(said.actual)} wrong" + (", the surest mistakes first" if wrong else "")
        drawn.append(folder / "samples.png")
        heading = f"{title} · what the network sees"
        plots.draw_samples(drawn[-1], images, subset(said, chosen), data.classes, title=heading, note=note)
    return drawn


def draw_tracked(folder: Path, tracked: Sequence[Mapping[str, Any]], *, title: str) -> list[Path]:
    """Writes tracked-LAYER.png for every layer of which there are records of units that were followed."""
    layers: dict[str, list[Mapping[str, Any]]] = {}
    for row in tracked:
        layers.setdefault(row["layer"], []).append(row)
    paths = [folder / f"tracked-{file_name(layer)}.png" for layer in layers]
    for path, (layer, rows) in zip(paths, layers.items(), strict=True):
        plots.draw_tracked(path, rows, title=f"{title} · {layer}")
    return paths


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
