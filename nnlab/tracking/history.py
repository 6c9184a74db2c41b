"""The history of a run as one table of 64-bit numbers, NaN and infinity included, and back."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.training.record import EpochRecord, Score

OWN = ("epoch", "epochs", "penalty", "best", "seconds", "memory_mb", "peak_memory_mb")
NEEDED = (*OWN, "training/loss", "training/samples")
WHOLE = ("epoch", "epochs", "best", "training/samples")


def table_of(history: Sequence[EpochRecord]) -> tuple[list[str], Array]:
    """The columns' names, and (epochs, columns) float64; NaN where an epoch has no such figure."""
    rows = [dict(_figures(record)) for record in history]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = np.array([[row.get(name, math.nan) for name in columns] for row in rows], np.float64)
    return columns, table.reshape(len(rows), len(columns))


def history_of(columns: Sequence[str], table: Array, *, where: str) -> tuple[EpochRecord, ...]:
    """The records of a table. Raises DataError: when it is not one that `table_of` made."""
    missing = [name for name in NEEDED if name not in columns]
    if table.ndim != 2 or table.dtype != np.float64 or table.shape[1] != len(columns) or (len(table) and missing):
        raise DataError("is damaged (its history is no table of epochs)", where=where)
    rows = [dict(zip(columns, row, strict=True)) for row in table.tolist()]
    for number, row in enumerate(rows, 1):
        if any(not row[name].is_integer() for name in WHOLE) or row["epoch"] != number:
            raise DataError(f"is damaged (row {number} of its history is not that of epoch {number})", where=where)
    return tuple(map(_record, rows))


def _figures(record: EpochRecord) -> Iterator[tuple[str, float]]:
    for name in OWN:
        yield name, float(getattr(record, name))
    for partition, score in (("training", record.training), ("dev", record.dev)):
        if score is not None:
            figures = {"loss": score.loss, **score.figures, "samples": score.samples}
            yield from ((f"{partition}/{name}", float(value)) for name, value in figures.items())
    for table, by_phase in (("phases_s", record.phases_s), ("memory_phases_mb", record.memory_phases_mb)):
        yield from ((f"{table}/{phase}", figure) for phase, figure in by_phase.items())


def _record(figures: Mapping[str, float]) -> EpochRecord:
    training = _score(figures, "training")
    assert training is not None  # every epoch has one
    return EpochRecord(
        epoch=int(figures["epoch"]),
        epochs=int(figures["epochs"]),
        training=training,
        dev=_score(figures, "dev"),
        penalty=figures["penalty"],
        best=bool(figures["best"]),
        seconds=figures["seconds"],
        phases_s=_by_phase(figures, "phases_s"),
        memory_mb=figures["memory_mb"],
        memory_phases_mb=_by_phase(figures, "memory_phases_mb"),
        peak_memory_mb=figures["peak_memory_mb"],
    )


def _by_phase(figures: Mapping[str, float], table: str) -> dict[str, float]:
    """Those of the phases that an epoch has figures of."""
    own = {name.partition("/")[2]: value for name, value in figures.items() if name.startswith(f"{table}/")}
    return {phase: value for phase, value in own.items() if not math.isnan(value)}


def _score(figures: Mapping[str, float], partition: str) -> Score | None:
    own = {name.partition("/")[2]: value for name, value in figures.items() if name.startswith(f"{partition}/")}
    loss, samples = own.pop("loss", math.nan), own.pop("samples", math.nan)
    return Score(loss, own, int(samples)) if math.isfinite(samples) else None
