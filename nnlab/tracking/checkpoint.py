"""A checkpoint as one file, so that weights, the optimizer's memory and the history can only be of the same epoch."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.reading import parsed
from nnlab.core.types import Array
from nnlab.tracking.fields import COUNT, NOTHING, NUMBER, TABLE, TEXT, all_of, require
from nnlab.tracking.history import history_of, table_of
from nnlab.tracking.weights import read_weights, write_weights
from nnlab.training.record import Checkpoint

PARTS = ("last", "best", "optimizer", "epoch", "good", "good_optimizer")
"""The tensors' names begin with one of these and a slash."""

COUNTS = {
    "GradientChecks": {"checks": COUNT, "failed": COUNT, "worst_distance": NUMBER},
    "InstabilityChecks": {"steps": COUNT, "unstable": COUNT, "said": all_of(all_of(TEXT, least=2))},
    "DivergenceGuard": {
        "events": COUNT,
        "rollbacks": COUNT,
        "average": NUMBER,
        "steps": COUNT,
        "first": NUMBER,
        "looked": COUNT,
        "least": NUMBER | NOTHING,
        "good": TABLE,
    },
    "TrackLayers": {"found": TABLE},
    "OvershootWatch": {"least": TEXT, "since": all_of(TEXT)},
}
"""What each callback counts."""

FOUND = {"unit": COUNT, **dict.fromkeys(("mean", "deviation", "weight_norm"), NUMBER | NOTHING)}
"""A row of TrackLayers."""


def write_checkpoint(path: Path, checkpoint: Checkpoint, about: Mapping[str, Any] | None = None) -> None:
    """Writes all of a checkpoint in one move.

    Figures of the history are 64-bit numbers in a table: NaN and infinity come back as they were.

    Raises:  RunError: when the file cannot be written; then the old one is as it was.
    """
    columns, history = table_of(checkpoint.history)
    parts = (
        checkpoint.state, checkpoint.best_state or {}, checkpoint.optimizer_state, checkpoint.open_epoch,
        checkpoint.good_state, checkpoint.good_optimizer_state,
    )  # fmt: skip
    tensors = {
        f"{part}/{name}": array for part, named in zip(PARTS, parts, strict=True) for name, array in named.items()
    }
    known = {"steps": checkpoint.steps, "columns": columns, "counts": json.dumps(checkpoint.counts)}
    write_weights(path, tensors | {"history": history}, {**(about or {}), **known})


def read_checkpoint(path: Path) -> tuple[Checkpoint, dict[str, Any]]:
    """The checkpoint, and what its weights are. Raises DataError: if the file is not one, or is damaged."""
    tensors, about = read_weights(path)
    if "columns" not in about or "history" not in tensors:
        raise DataError("is no checkpoint (it has no history)", where=str(path))
    require(about, {"steps": COUNT, "columns": all_of(TEXT), "counts": TEXT}, where=str(path))
    history = history_of(about.pop("columns"), tensors.pop("history"), where=str(path))
    named: dict[str, dict[str, Array]] = {part: {} for part in PARTS}
    for name, array in tensors.items():
        part, _, rest = name.partition("/")
        if part not in PARTS:
            raise DataError(f"is no checkpoint (it has {name})", where=str(path))
        named[part][rest] = array
    checkpoint = Checkpoint(
        history=history,
        steps=about.pop("steps"),
        state=named["last"],
        optimizer_state=named["optimizer"],
        best_state=named["best"] or None,
        counts=_counts(about.pop("counts"), str(path)),
        open_epoch=named["epoch"],
        good_state=named["good"],
        good_optimizer_state=named["good_optimizer"],
    )
    _require_whole(checkpoint, str(path))
    return checkpoint, about


def _counts(text: str, where: str) -> dict[str, dict[str, Any]]:
    try:
        counts = parsed(json.loads, text)
    except ValueError as error:
        raise DataError(f"is damaged (its counts cannot be read: {error})", where=where) from None
    require(counts, {}, where=where, optional=dict.fromkeys(counts, TABLE) if isinstance(counts, dict) else {})
    for name, fields in COUNTS.items():
        require(counts.get(name, {}), {}, where=where, optional=fields)
    for rows in counts.get("TrackLayers", {}).get("found", {}).values():
        for row in rows if all_of(TABLE).holds(rows) else [rows]:
            require(row, FOUND, where=where)
    return dict(counts)


def _require_whole(checkpoint: Checkpoint, where: str) -> None:
    """Raises DataError: when its parts cannot be of one run."""
    step, gathered = checkpoint.optimizer_state.get("step"), checkpoint.open_epoch
    sums = {"batches", "seconds", "tally/loss", "tally/penalty", "tally/samples"}
    if checkpoint.state and (step is None or step.shape != () or step.dtype.kind not in "iu" or int(step) < 0):
        raise DataError("is damaged (the optimizer's step count is no number)", where=where)
    if not checkpoint.state and (checkpoint.history or gathered):
        raise DataError("is damaged (it has epochs and no weights)", where=where)
    if bool(checkpoint.history) != (checkpoint.best_state is not None):
        raise DataError("is damaged (the best weights and the epochs do not belong together)", where=where)
    if gathered and (not sums <= gathered.keys() or any(gathered[name].shape != () for name in sums)):
        raise DataError("is damaged (it lacks sums of the epoch that was left)", where=where)
    learnt = [int(np.nan_to_num(gathered[name])) for name in ("batches", "tally/samples")] if gathered else []
    if gathered and not (checkpoint.steps and 1 <= learnt[0] <= learnt[1]):  # a minibatch has a sample at least
        raise DataError("is damaged (no minibatch of the epoch that was left was learnt)", where=where)
