"""What the folders of trainings say: the functions behind the measures of measures.py.

Each takes the runs, then what else a page's call says, and gives a figure: None where the run has none.
"""

import hashlib
import json
import statistics
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.registry import advice
from nnlab.tracking.judged import number_of
from nnlab.tracking.run import Run

Figure = float | str | None

Rows = Mapping[str, Mapping[str, Any]]
"""Of one epoch the lines of metrics.jsonl, by partition."""


def score(run: Run, figure: str, partition: str) -> Figure:
    """Of the weights that the run kept.  Raises UsageError: there is no such figure."""
    found = (run.summary or {}).get(partition) or {}
    if not found:
        return None
    if figure not in found:
        raise UsageError(f"{partition} has no {figure}", hint=advice(figure, list(found)))
    return number_of(found[figure])


def final(partition: str, figure: str) -> Callable[[Run], Figure]:
    """The same, of one partition."""
    return lambda run: score(run, figure, partition)


def samples_of(run: Run, partition: str) -> int | None:
    """How many a share of a partition is of."""
    samples = ((run.summary or {}).get(partition) or {}).get("samples")
    return int(samples) if samples else None


def in_summary(*keys: str) -> Callable[[Run], Figure]:
    """A figure of a run's summary, or of a table in it."""

    def found(run: Run) -> Figure:
        at: Any = run.summary
        for key in keys:
            at = (at or {}).get(key)
        return number_of(at)

    return found


def at_epoch(figure: str) -> Callable[[Run, str, str], Figure]:
    """Of an epoch and a partition.  Raises UsageError: there is no such epoch."""

    def found(run: Run, epoch: str, partition: str) -> Figure:
        rows = by_epoch(run).get(int(epoch), {})
        if partition not in rows:
            raise UsageError(f"the run has no epoch {epoch} of {partition}")
        return number_of(rows[partition].get(figure))

    return found


def late_accuracy(run: Run, partition: str) -> Figure:
    """The mean over the last ten epochs."""
    rows = [number_of(row.get("accuracy")) for row in run.metrics if row["partition"] == partition][-10:]
    known = [value for value in rows if value is not None]
    return statistics.fmean(known) if known and len(known) == len(rows) else None


def by_epoch(run: Run) -> dict[int, dict[str, Mapping[str, Any]]]:
    """The lines of metrics.jsonl."""
    found: dict[int, dict[str, Mapping[str, Any]]] = {}
    for row in run.metrics:
        found.setdefault(row["epoch"], {})[row["partition"]] = row
    return found


def _from_on(run: Run, holds: Callable[[Rows], bool]) -> Figure:
    """The epoch from which something holds to the end; None where it does not at the end."""
    epochs = by_epoch(run)
    first = None
    for epoch in sorted(epochs, reverse=True):
        if not holds(epochs[epoch]):
            break
        first = epoch
    return first


def solved_epoch(run: Run) -> Figure:
    """From which training and dev are all right."""
    return _from_on(run, lambda rows: all(rows.get(name, {}).get("accuracy") == 1.0 for name in ("training", "dev")))


def epoch_below(run: Run, least: str) -> Figure:
    """From which training's loss is lower."""

    def lower(rows: Rows) -> bool:
        loss = number_of(rows.get("training", {}).get("loss"))
        return loss is not None and loss < float(least)

    return _from_on(run, lower)


def unstable_epoch(run: Run) -> Figure:
    """The first with an unstable step."""
    return min((row["epoch"] for row in run.checks if row.get("kind") == "instability"), default=None)


def epoch_seconds(run: Run) -> Figure:
    """The median."""
    seconds = [row["seconds"] for row in run.metrics if row["partition"] == "training" and "seconds" in row]
    return statistics.median(seconds) if seconds else None


def highest_loss(run: Run) -> Figure:
    """Of training, over the epochs."""
    losses = [number_of(row.get("loss")) for row in run.metrics if row["partition"] == "training"]
    return max((loss for loss in losses if loss is not None), default=None)


def weights_digest(run: Run) -> Figure:
    """Of names, shapes and bytes."""
    arrays, _ = run.weights()
    whole = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        whole.update(f"{name} {array.dtype} {array.shape}\n".encode())
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()[:32]


def history_digest(run: Run) -> Figure:
    """Of losses and accuracies, epoch by epoch."""
    kept = [[row["epoch"], row["partition"], row.get("loss"), row.get("accuracy")] for row in run.metrics]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:32]


def weights_apart(one: Run, other: Run) -> Figure:
    """The largest difference, by position: the same network may name its layers otherwise."""
    pair = [list(run.weights()[0].values()) for run in (one, other)]
    if [array.shape for array in pair[0]] != [array.shape for array in pair[1]]:
        raise UsageError(f"the weights of {one.name} and {other.name} have other shapes")
    return max(float(np.max(np.abs(a.astype(np.float64) - b), initial=0.0)) for a, b in zip(*pair, strict=True))


def history_apart(key: str) -> Callable[[Run, Run], Figure]:
    """The largest difference over epochs and partitions; None where one of them is no number."""

    def apart(one: Run, other: Run) -> Figure:
        pair = [{(row["epoch"], row["partition"]): number_of(row.get(key)) for row in run.metrics}
                for run in (one, other)]  # fmt: skip
        if pair[0].keys() != pair[1].keys():
            raise UsageError(f"{one.name} and {other.name} have not the same epochs")
        both = [(value, pair[1][place]) for place, value in pair[0].items()]
        known = [abs(a - b) for a, b in both if a is not None and b is not None]
        return max(known) if known and len(known) == len(both) else None

    return apart


def right_of(run: Run, partition: str) -> tuple[str, str]:
    """Which samples were answered right, a bit for each, and a digest of which samples they are; nothing where the run
    keeps no answers."""
    rows = {row["source"]: row for row in run.predictions if row.get("partition") == partition and "source" in row}
    if not all({"actual", "predicted"} <= row.keys() for row in rows.values()):
        raise DataError("is damaged (a line lacks actual or predicted)", where=str(run.folder / "predictions.jsonl"))
    bits, told = 0, hashlib.sha256()
    for at, source in enumerate(sorted(rows)):
        bits |= int(rows[source]["actual"] == rows[source]["predicted"]) << at
        told.update(f"{source}\0{rows[source]['actual']}\n".encode())
    return (f"{bits:x}", told.hexdigest()[:16]) if rows else ("", "")
