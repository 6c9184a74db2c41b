"""Figures of any run, whatever its task."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.metrics.base import Metric
from nnlab.tracking import plots
from nnlab.tracking.figures.base import drawn
from nnlab.tracking.predictions import in_words, told
from nnlab.tracking.store import file_name
from nnlab.training.record import Step, TrainingResult
from nnlab.training.samples import Samples

SHEET, MOST_SAMPLES = 40, 400
"""How many samples the sheet shows, and at most when more are asked for: its pixels are counted in millions."""

SHEET_OF = ("dev", "test")
"""What the sheet shows samples of: the first that there is."""


BATCH_SHEET = 64
"""How many samples of a minibatch are drawn."""


def draw_history(folder: Path, result: TrainingResult, judge: Metric, *, title: str) -> list[Path]:
    """Writes training.png, if an epoch is whole. One that fails is a warning, and left out."""
    paths: list[Path] = []
    if result.history:
        with drawn(folder / "training.png", paths) as path:
            plots.draw_training(
                path,
                result.history,
                judge,
                best_epoch=result.best_epoch,
                early_stop_epoch=result.early_stop_epoch,
                title=title,
            )
    return paths


def draw_tracked(folder: Path, tracked: Sequence[Mapping[str, Any]], *, title: str) -> list[Path]:
    """Writes tracked-LAYER.png for every layer of which there are records of units that were followed."""
    layers: dict[str, list[Mapping[str, Any]]] = {}
    for row in tracked:
        layers.setdefault(row["layer"], []).append(row)
    paths: list[Path] = []
    for layer, rows in layers.items():
        with drawn(folder / f"tracked-{file_name(layer)}.png", paths) as path:
            plots.draw_tracked(path, rows, title=f"{title} · {layer}")
    return paths


def draw_minibatch(folder: Path, step: Step, *, names: Sequence[str], image_shape: Shape, title: str) -> Path:
    """Writes epoch-001-batch-001.png: what the network is given in a step, with the truth and file of each sample."""
    batch, count = step.batch, min(len(step.batch), BATCH_SHEET)
    images = np.asarray(batch.inputs[:count]).reshape(count, *image_shape)
    captions = [in_words(told(truth, names)) for truth in batch.truths[:count]]
    path = folder / f"epoch-{step.epoch:03}-batch-{step.batch_index + 1:03}.png"
    note = f"{len(batch)} samples" + (f", the first {count} of them" if count < len(batch) else "")
    heading = f"{title} · epoch {step.epoch}, minibatch {step.batch_index + 1}"
    plots.draw_minibatch(path, images, captions, batch.sources[:count], title=heading, note=note)
    return path


def inputs(samples: Samples, chosen: Array) -> Array:
    """The inputs of some samples, by their place in the partition."""
    wanted = {int(index): place for place, index in enumerate(chosen)}
    found: dict[int, Array] = {}
    start = 0
    for batch in samples.batches():
        for index in wanted.keys() & range(start, start + len(batch)):
            found[wanted[index]] = np.array(batch.inputs[index - start])
        start += len(batch)
    return np.stack([found[place] for place in range(len(chosen))])
