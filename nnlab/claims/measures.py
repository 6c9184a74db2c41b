"""What can be measured of a run, by name: what claims and tables may speak of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nnlab.claims import of_run
from nnlab.claims.of_run import Figure, final, in_summary
from nnlab.claims.reading import Kind

Argument = Literal["run", "epoch", "partition", "figure", "number"]


@dataclass(frozen=True)
class Measure:
    """One measure.

    Options:  read: called with the runs, then the other arguments; None: measuring.py finds it elsewhere.
              takes: its arguments.  partition: whose, where its name says so.
    """

    title: str
    unit: str
    kind: Kind
    read: Callable[..., Figure] | None
    takes: tuple[Argument, ...] = ("run",)
    partition: str = ""


PARTITIONS = ("training", "dev", "test")


def _finals() -> dict[str, Measure]:
    """Of the weights that a run keeps."""
    return {
        f"{name}_{figure}": Measure(title.format(name), unit, "figure", final(name, figure), partition=name)
        for figure, title, unit in (("accuracy", "{}", "share"), ("loss", "{} loss", ""))
        for name in PARTITIONS
    }


AT: tuple[Argument, ...] = ("run", "epoch", "partition")

MEASURES: dict[str, Measure] = {
    **_finals(),
    "accuracy": Measure("accuracy", "share", "figure", of_run.at_epoch("accuracy"), AT),
    "loss": Measure("loss", "", "fact", of_run.at_epoch("loss"), AT),
    "late_accuracy": Measure(
        "accuracy, last ten epochs", "share", "figure", of_run.late_accuracy, ("run", "partition")
    ),
    "score": Measure("score", "", "figure", of_run.score, ("run", "figure", "partition")),
    "figure": Measure("figure", "", "fact", None, ("run", "figure")),
    "spread": Measure("standard deviation over seeds", "share", "fact", None, ("run", "partition")),
    "highest_loss": Measure("highest loss", "", "fact", of_run.highest_loss),
    "solved_epoch": Measure("both 100% from epoch", "", "fact", of_run.solved_epoch),
    "epoch_below": Measure(
        "training loss below {number} from epoch", "", "fact", of_run.epoch_below, ("run", "number")
    ),
    "best_epoch": Measure("best epoch", "", "fact", in_summary("best_epoch")),
    "parameters": Measure("parameters", "", "fact", in_summary("parameters")),
    "unstable_steps": Measure("unstable steps", "", "fact", in_summary("instability_checks", "unstable")),
    "unstable_epoch": Measure("unstable from epoch", "", "fact", of_run.unstable_epoch),
    "gradient_checks": Measure("gradient checks", "", "fact", in_summary("gradient_checks", "run")),
    "worst_distance": Measure("worst gradient distance", "", "fact", in_summary("gradient_checks", "worst_distance")),
    "seconds": Measure("seconds", "seconds", "time", in_summary("elapsed_s")),
    "load_seconds": Measure("seconds for images", "seconds", "time", in_summary("load_s")),
    "check_seconds": Measure("seconds for checks", "seconds", "time", in_summary("phases_s", "checks")),
    "epoch_seconds": Measure("seconds of an epoch", "seconds", "time", of_run.epoch_seconds),
    "memory": Measure("peak memory", "MiB", "time", in_summary("peak_memory_mb")),
    "weights": Measure("weights, digest", "bytes", "fact", of_run.weights_digest),
    "history": Measure("losses and accuracies of all epochs, digest", "bytes", "fact", of_run.history_digest),
    "weights_apart": Measure("largest difference of weights", "", "fact", of_run.weights_apart, ("run", "run")),
    "loss_apart": Measure("largest difference of losses", "", "fact", of_run.history_apart("loss"), ("run", "run")),
    "accuracy_apart": Measure(
        "largest difference of accuracies", "share", "fact", of_run.history_apart("accuracy"), ("run", "run")
    ),
}
"""Measures by name."""

COLUMNS = {name: f"{name}_accuracy" for name in PARTITIONS} | {"unstable": "unstable_steps"}
"""Short names of columns."""
