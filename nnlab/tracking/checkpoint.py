"""A checkpoint as one file, so that weights, the optimizer's memory and the history can only be of the same epoch."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.tracking.weights import read_weights, write_weights
from nnlab.training.record import Checkpoint, EpochRecord, Score

PARTS = ("last", "best", "optimizer")
"""The tensors' names begin with one of these and a slash."""


def write_checkpoint(path: Path, checkpoint: Checkpoint, about: Mapping[str, Any] | None = None) -> None:
    """Writes all of a checkpoint in one move.

    Figures of the history are 64-bit numbers in a table: NaN and infinity come back as they were.

    Raises:  RunError: when the file cannot be written; then the old one is as it was.
    """
    columns, history = _table(checkpoint.history)
    parts = (checkpoint.state, checkpoint.best_state or {}, checkpoint.optimizer_state)
    tensors = {
        f"{part}/{name}": array for part, named in zip(PARTS, parts, strict=True) for name, array in named.items()
    }
    known = {"steps": checkpoint.steps, "columns": columns, "counts": json.dumps(checkpoint.counts)}
    write_weights(path, tensors | {"history": history}, {**(about or {}), **known})


def read_checkpoint(path: Path) -> tuple[Checkpoint, dict[str, Any]]:
    """The checkpoint, and what its weights are. Raises DataError: if the file is not one."""
    tensors, about = read_weights(path)
    try:
        history, columns = tensors.pop("history"), about.pop("columns")
        named: dict[str, dict[str, Array]] = {part: {} for part in PARTS}
        for name, array in tensors.items():
            part, _, rest = name.partition("/")
            named[part][rest] = array
        checkpoint = Checkpoint(
            history=tuple(_records(columns, history)),
            steps=about.pop("steps"),
            state=named["last"],
            optimizer_state=named["optimizer"],
            best_state=named["best"] or None,
            counts=json.loads(about.pop("counts")),
        )
    except (KeyError, ValueError) as error:
        raise DataError(f"is no checkpoint ({error})", where=str(path)) from None
    return checkpoint, about


def _table(history: Sequence[EpochRecord]) -> tuple[list[str], Array]:
    """(epochs, columns) float64; NaN where an epoch has no such figure."""
    rows = [dict(_figures(record)) for record in history]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = np.array([[row.get(name, math.nan) for name in columns] for row in rows], np.float64)
    return columns, table.reshape(len(rows), len(columns))


def _figures(record: EpochRecord) -> Iterator[tuple[str, float]]:
    for name in ("epoch", "epochs", "penalty", "best", "seconds", "memory_mb", "peak_memory_mb"):
        yield name, float(getattr(record, name))
    for partition, score in (("training", record.training), ("dev", record.dev)):
        if score is not None:
            yield from ((f"{partition}/{name}", float(value)) for name, value in vars(score).items())
    yield from ((f"phases_s/{phase}", seconds) for phase, seconds in record.phases_s.items())


def _records(columns: Sequence[str], table: Array) -> Iterator[EpochRecord]:
    for row in table.tolist():
        figures = dict(zip(columns, row, strict=True))
        phases = {name.partition("/")[2]: value for name, value in figures.items() if name.startswith("phases_s/")}
        training = _score(figures, "training")
        assert training is not None  # every epoch has one
        yield EpochRecord(
            epoch=int(figures["epoch"]),
            epochs=int(figures["epochs"]),
            training=training,
            dev=_score(figures, "dev"),
            penalty=figures["penalty"],
            best=bool(figures["best"]),
            seconds=figures["seconds"],
            phases_s={phase: seconds for phase, seconds in phases.items() if not math.isnan(seconds)},
            memory_mb=figures["memory_mb"],
            peak_memory_mb=figures["peak_memory_mb"],
        )


def _score(figures: Mapping[str, float], partition: str) -> Score | None:
    samples = figures.get(f"{partition}/samples", math.nan)
    if math.isnan(samples):
        return None
    return Score(figures[f"{partition}/loss"], figures[f"{partition}/accuracy"], int(samples))
