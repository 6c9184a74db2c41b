"""The epochs of a run as columns."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.core.notebook import shown, table
from nnlab.core.types import Array

SHARED = ("epoch", "seconds", "memory_mb", "waiting", "best")
"""What is of an epoch, not of a partition."""

LAST = 10
"""How many epochs a notebook shows."""


class History(dict[str, Array]):
    """Columns by name, each with an entry for every epoch, so that `pandas.DataFrame(run.history)` is a table.

    `epoch`, `seconds`, `memory_mb`, `waiting`, `best`, the seconds of each phase (`forward_s`), and the figures of both
    partitions: `training_loss`, `training_accuracy`, `dev_loss`, `dev_accuracy`, `penalty`, ... What an epoch does not
    have is NaN.
    """

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> "History":
        """The columns of metrics.jsonl, which has a row for each epoch and partition."""
        epochs: dict[int, dict[str, Any]] = {}
        for row in rows:
            epochs.setdefault(row["epoch"], {}).update(_columns(row))
        records = [epochs[epoch] for epoch in sorted(epochs)]
        names = dict.fromkeys(name for record in records for name in record)
        return cls({name: _column([record.get(name) for record in records]) for name in names})

    @property
    def records(self) -> list[dict[str, Any]]:
        """A mapping for every epoch, of Python's own numbers; None for what it does not have."""
        columns = {name: column.tolist() for name, column in self.items()}
        count = len(next(iter(columns.values()), []))
        return [{name: _or_none(column[row]) for name, column in columns.items()} for row in range(count)]

    @property
    def epochs(self) -> int:
        """How many there are."""
        return len(self["epoch"]) if "epoch" in self else 0

    def __repr__(self) -> str:
        return f"History({self.epochs} epochs: {', '.join(self)})"

    def _repr_html_(self) -> str:
        """The last epochs, as a notebook shows them."""
        every = [name for name in self if name.startswith(("epoch", "training_", "dev_"))]
        names = [name for name in every if not name.endswith("_samples")]
        rows = [[_cell(self[name][row]) for name in names] for row in range(max(0, self.epochs - LAST), self.epochs)]
        note = f"the last {LAST} of {self.epochs} epochs" if self.epochs > LAST else ""
        return shown("History", table(names, rows, words=0), note=note)


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says, by the names of columns."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        if key == "phases_s":
            found |= {f"{phase}_s": seconds for phase, seconds in value.items()}
        elif key in (*SHARED, "penalty"):
            found[key] = value
        elif key != "partition" and (value is None or isinstance(value, (int, float))):
            found[f"{row['partition']}_{key}"] = value
    return found


def _column(values: Sequence[Any]) -> Array:
    known = [value for value in values if value is not None]
    if len(known) == len(values) and all(isinstance(value, (bool, int)) for value in known):
        return np.array(values)
    return np.array([math.nan if value is None else value for value in values], np.float64)


def _or_none(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _cell(value: Any) -> str:
    return str(value) if isinstance(value, (np.integer, np.bool_)) else f"{value:.4g}"
