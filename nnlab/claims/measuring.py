"""From run folders to readings: one function for each measure of measures.py."""

import hashlib
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.claims.grammar import Call
from nnlab.claims.measures import MEASURES
from nnlab.claims.names import runs_of
from nnlab.claims.reading import Reading
from nnlab.core.errors import DataError, UsageError
from nnlab.core.registry import advice
from nnlab.tracking.judged import number_of
from nnlab.tracking.run import Run, read_run

Figure = float | str | None


@dataclass(frozen=True)
class Made:
    """What there is of a run of a page.

    Options:  folders: of a training the run folder of each seed.  document: what another command printed as JSON.
              reported: figures that somebody else gave, by measure.
    """

    folders: Mapping[str, Path]
    document: Any = None
    reported: Mapping[str, Reading] | None = None


def measured(call: Call, made: Mapping[str, Made]) -> Reading:
    """A measure of runs that were made.

    Raises:  UsageError: when they have no such figure.  DataError: when a folder is damaged.
    """
    measure = MEASURES[call.measure]
    names = runs_of(call, measure)
    one = made[names[0]]
    if one.reported is not None:
        if call.measure not in one.reported:
            hint = advice(call.measure, list(one.reported))
            raise UsageError(f"was not reported: {call.measure}", where=f"run {names[0]}", hint=hint)
        return one.reported[call.measure]
    if call.measure == "figure":
        value = at_path(one.document, call.arguments[1], call.text)
        return Reading(names, "fact", "", {"": value})
    if call.measure == "spread":
        return _spread(call, made)
    if any(not made[name].folders for name in names):
        raise UsageError(f"{call.text}: is of trainings; of other commands: figure(RUN, PATH)")
    return _of_trainings(call, names, [made[name].folders for name in names])


def _spread(call: Call, made: Mapping[str, Made]) -> Reading:
    """How far seeds lie apart."""
    run, partition = call.arguments
    own = measured(Call(f"{partition}_accuracy", (run,)), made)
    if own.deviation is None:
        raise UsageError(f"{call.text}: one run has no spread", hint="train with --training-times=3 or more")
    return Reading((run,), "fact", "share", {"": own.deviation})


def _of_trainings(call: Call, names: tuple[str, ...], folders: Sequence[Mapping[str, Path]]) -> Reading:
    measure = MEASURES[call.measure]
    seeds = [seed for seed in folders[0] if all(seed in each for each in folders)]
    if not seeds:
        raise UsageError(f"{call.text}: the runs have no seeds in common")
    runs = {seed: [read_run(each[seed]) for each in folders] for seed in seeds}
    each: dict[str, Figure] = {}
    for seed in seeds:
        each[seed] = _value(call, runs[seed])
    unit = measure.unit
    if call.measure == "score":
        unit = "share" if "accuracy" in call.arguments[1] else ""
    final = _final_partition(call)
    kept = [right_of(runs[seed][0], final) for seed in seeds] if final and unit == "share" else []
    right = {seed: bits for seed, (bits, _) in zip(seeds, kept, strict=False) if bits}
    pictures = {seed: names for seed, (_, names) in zip(seeds, kept, strict=False) if names}
    return Reading(names, measure.kind, unit, each, _samples(call, runs[seeds[0]][0]), right, pictures)


def _value(call: Call, runs: Sequence[Run]) -> Figure:
    arguments = call.arguments[1:]
    if len(runs) == 2:
        return APART[call.measure](*runs)
    (run,) = runs
    final = call.measure.rpartition("_")
    if final[0] in ("training", "dev", "test"):
        return _score(run, final[2], final[0], call)
    if call.measure == "score":
        return _score(run, arguments[0], arguments[1], call)
    if call.measure in ("accuracy", "loss"):
        return _at_epoch(run, call.measure, int(arguments[0]), arguments[1], call)
    if call.measure == "late_accuracy":
        rows = [row["accuracy"] for row in run.metrics if row["partition"] == arguments[0]][-10:]
        return statistics.fmean(rows) if rows else None
    if call.measure == "epoch_below":
        return _from_on(run, lambda rows: rows["training"]["loss"] < float(arguments[0]))
    return OF_RUN[call.measure](run)


def _final_partition(call: Call) -> str | None:
    """The partition of which single answers are kept."""
    if call.measure in ("dev_accuracy", "test_accuracy"):
        return call.measure.partition("_")[0]
    return None


def _samples(call: Call, run: Run) -> int | None:
    """How many a share is of."""
    measure = call.measure
    partition = measure.partition("_")[0] if measure.endswith("_accuracy") and measure != "late_accuracy" else ""
    if measure in ("accuracy", "late_accuracy") or (measure == "score" and "accuracy" in call.arguments[1]):
        partition = call.arguments[-1]
    score = (run.summary or {}).get(partition) or {}
    samples = score.get("samples")
    return int(samples) if samples else None


def _score(run: Run, figure: str, partition: str, call: Call) -> float | None:
    score = (run.summary or {}).get(partition) or {}
    if not score:
        return None
    if figure not in score:
        raise UsageError(f"{call.text}: {partition} has no {figure}", hint=advice(figure, list(score)))
    return number_of(score[figure])


def _at_epoch(run: Run, figure: str, epoch: int, partition: str, call: Call) -> float | None:
    rows = [row for row in run.metrics if row["epoch"] == epoch and row["partition"] == partition]
    if not rows:
        raise UsageError(f"{call.text}: the run has no epoch {epoch} of {partition}")
    return number_of(rows[0].get(figure))


def _by_epoch(run: Run) -> dict[int, dict[str, Mapping[str, Any]]]:
    found: dict[int, dict[str, Mapping[str, Any]]] = {}
    for row in run.metrics:
        found.setdefault(row["epoch"], {})[row["partition"]] = row
    return found


def _from_on(run: Run, holds: Callable[[Mapping[str, Mapping[str, Any]]], bool]) -> float | None:
    """The epoch from which something holds to the end; None where it does not at the end."""
    epochs = _by_epoch(run)
    first = None
    for epoch in sorted(epochs, reverse=True):
        if not holds(epochs[epoch]):
            break
        first = epoch
    return first


def _solved(rows: Mapping[str, Mapping[str, Any]]) -> bool:
    return all(rows.get(name, {}).get("accuracy") == 1.0 for name in ("training", "dev"))


def _summary(run: Run, key: str) -> float | None:
    return number_of((run.summary or {}).get(key))


def _weights_digest(run: Run) -> str:
    arrays, _ = run.weights()
    whole = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        whole.update(f"{name} {array.dtype} {array.shape}\n".encode())
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()[:32]


def _history_digest(run: Run) -> str:
    kept = [[row["epoch"], row["partition"], row.get("loss"), row.get("accuracy")] for row in run.metrics]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:32]


def _within(key: str, inner: str) -> Callable[[Run], float | None]:
    """A figure of a table in a run's summary."""
    return lambda run: number_of(((run.summary or {}).get(key) or {}).get(inner))


def _unstable_epoch(run: Run) -> float | None:
    return min((row["epoch"] for row in run.checks if row.get("kind") == "instability"), default=None)


def _epoch_seconds(run: Run) -> float | None:
    seconds = [row["seconds"] for row in run.metrics if row["partition"] == "training" and "seconds" in row]
    return statistics.median(seconds) if seconds else None


def _highest(run: Run) -> float | None:
    losses = [
        value
        for row in run.metrics
        if row["partition"] == "training" and (value := number_of(row.get("loss"))) is not None
    ]
    return max(losses, default=None)


OF_RUN: dict[str, Callable[[Run], Figure]] = {
    "highest_loss": _highest,
    "solved_epoch": lambda run: _from_on(run, _solved),
    "best_epoch": lambda run: _summary(run, "best_epoch"),
    "parameters": lambda run: _summary(run, "parameters"),
    "unstable_steps": _within("instability_checks", "unstable"),
    "unstable_epoch": _unstable_epoch,
    "gradient_checks": _within("gradient_checks", "run"),
    "worst_distance": _within("gradient_checks", "worst_distance"),
    "seconds": lambda run: _summary(run, "elapsed_s"),
    "load_seconds": lambda run: _summary(run, "load_s"),
    "check_seconds": _within("phases_s", "checks"),
    "epoch_seconds": _epoch_seconds,
    "memory": lambda run: _summary(run, "peak_memory_mb"),
    "weights": _weights_digest,
    "history": _history_digest,
}


def _weights_apart(one: Run, other: Run) -> float:
    """By position: the same network may name its layers otherwise."""
    pair = [list(run.weights()[0].values()) for run in (one, other)]
    if [array.shape for array in pair[0]] != [array.shape for array in pair[1]]:
        raise UsageError(f"the weights of {one.name} and {other.name} have other shapes")
    return max(float(np.max(np.abs(a.astype(np.float64) - b), initial=0.0)) for a, b in zip(*pair, strict=True))


def _history_apart(key: str) -> Callable[[Run, Run], float]:
    def apart(one: Run, other: Run) -> float:
        pair = [_by_epoch(run) for run in (one, other)]
        if pair[0].keys() != pair[1].keys():
            raise UsageError(f"{one.name} and {other.name} have not the same epochs")
        both = [(rows[name], pair[1][epoch][name]) for epoch, rows in pair[0].items() for name in rows]
        return max(abs(float(a[key]) - float(b[key])) for a, b in both)

    return apart


APART: dict[str, Callable[[Run, Run], float]] = {
    "weights_apart": _weights_apart,
    "loss_apart": _history_apart("loss"),
    "accuracy_apart": _history_apart("accuracy"),
}


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


def at_path(document: Any, path: str, said: str) -> float | str:
    """A figure of a document: names and places with points between; of a list an element by its place, or by what one
    of its texts is.

    Raises:  UsageError: when there is none.
    """
    at = document
    for part in path.split("."):
        if isinstance(at, dict) and part in at:
            at = at[part]
        elif isinstance(at, list) and part.isdecimal() and int(part) < len(at):
            at = at[int(part)]
        elif isinstance(at, list) and (
            found := [item for item in at if isinstance(item, dict) and part in item.values()]
        ):
            at = found[0]
        else:
            known = list(at) if isinstance(at, dict) else _texts(at) if isinstance(at, list) else []
            raise UsageError(f"{said}: there is no {part!r}", hint=advice(part, known) if known else None)
    if isinstance(at, bool) or not isinstance(at, (int, float, str)):
        raise UsageError(f"{said}: is no figure", hint="name one within it" if isinstance(at, (dict, list)) else None)
    return at


def _texts(items: list[Any]) -> list[str]:
    return [text for item in items if isinstance(item, dict) for text in item.values() if isinstance(text, str)]
