"""What a run came to, in numbers: a row of the table that compares several."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.metrics.significance import t_interval
from nnlab.tracking.judged import Judge, judge_of, number_of
from nnlab.tracking.run import Run

Results = Mapping[str, float | None]
"""By the keys of COLUMNS; None where a run has no such figure."""

COLUMNS: dict[str, str] = {
    "training_loss": "training loss",
    "training": "training {}",
    "dev_loss": "dev loss",
    "dev": "dev {}",
    "test": "test {}",
    "epochs_run": "epochs",
    "early_stop_epoch": "early-stop epoch",
    "avoidable_bias": "avoidable bias",
    "variance": "variance",
    "parameters": "parameters",
    "params_per_sample": "parameters per sample",
    "elapsed_s": "seconds",
    "peak_memory_mb": "memory, MiB",
}
"""What the table shows, and its heading; `{}` is the name of the judging figure."""

OF_THE_RUN = ("early_stop_epoch", "avoidable_bias", "variance", "parameters", "params_per_sample", "elapsed_s")
JUDGED = frozenset({"training", "dev", "test", "avoidable_bias", "variance"})
WHOLE = frozenset({"epochs_run", "early_stop_epoch", "parameters"})


@dataclass(frozen=True)
class Spread:
    """A figure over several seeds.  Options:  interval: of the mean, of 95%; None of one."""

    mean: float
    deviation: float | None
    interval: tuple[float, float] | None
    values: tuple[float, ...]


def results(run: Run) -> dict[str, float | None]:
    """The figures of a run: the final ones of its best weights; of one that has not ended, those of its last epoch.

    Raises:  DataError: when its files are damaged.
    """
    summary = run.summary or {}
    key = judge_of(run).key
    last = {row["partition"]: row for row in run.metrics} if not summary else {}
    scores: dict[str, Mapping[str, Any]] = {
        name: summary.get(name) or last.get(name) or {} for name in ("training", "dev", "test")
    }
    found = {f"{name}_loss": scores[name].get("loss") for name in ("training", "dev")}
    found |= {name: score.get(key) for name, score in scores.items()}
    found |= {name: summary.get(name) for name in (*OF_THE_RUN, "peak_memory_mb", "epochs_run")}
    if not summary and run.metrics:
        found["epochs_run"] = run.metrics[-1]["epoch"]
    return {name: number_of(found.get(name)) for name in COLUMNS}


def spread_of(values: Sequence[float | None]) -> Spread | None:
    """Over those that have the figure; None where none has."""
    known = tuple(value for value in values if value is not None)
    if not known:
        return None
    deviation = statistics.stdev(known) if len(known) > 1 else None
    return Spread(statistics.fmean(known), deviation, t_interval(known), known)


def shown(key: str, value: float | None, judge: Judge) -> str:
    """A cell of the table."""
    if value is None:
        return "-"
    if key in JUDGED:
        return judge.shown(value)
    if key in WHOLE and float(value).is_integer():
        return f"{int(value):,}"
    if key in ("elapsed_s", "peak_memory_mb"):
        return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
    return f"{value:.4g}"


def heading(key: str, judge: Judge) -> str:
    """What a column is called."""
    return COLUMNS[key].format(judge.title)
