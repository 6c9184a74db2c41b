"""What can be measured of a run, by name: what claims and tables may speak of."""

from dataclasses import dataclass
from typing import Literal

from nnlab.claims.reading import Kind

Argument = Literal["run", "epoch", "partition", "figure", "number"]


@dataclass(frozen=True)
class Measure:
    """One measure.  Options:  takes: its arguments, of which the last `optional` may be left out."""

    title: str
    unit: str
    kind: Kind
    takes: tuple[Argument, ...] = ("run",)
    optional: int = 0


def _finals() -> dict[str, Measure]:
    """Of the weights that a run keeps."""
    shares = {f"{name}_accuracy": Measure(name, "share", "figure") for name in ("training", "dev", "test")}
    return shares | {f"{name}_loss": Measure(f"{name} loss", "", "figure") for name in ("training", "dev", "test")}


AT: tuple[Argument, ...] = ("run", "epoch", "partition")

MEASURES: dict[str, Measure] = {
    **_finals(),
    "accuracy": Measure("accuracy", "share", "figure", AT),
    "loss": Measure("loss", "", "fact", AT),
    "late_accuracy": Measure("accuracy, last ten epochs", "share", "figure", ("run", "partition")),
    "score": Measure("score", "", "figure", ("run", "figure", "partition")),
    "figure": Measure("figure", "", "fact", ("run", "figure")),
    "spread": Measure("standard deviation over seeds", "share", "fact", ("run", "partition")),
    "highest_loss": Measure("highest loss", "", "fact"),
    "solved_epoch": Measure("both 100% from epoch", "", "fact"),
    "epoch_below": Measure("training loss below {number} from epoch", "", "fact", ("run", "number")),
    "best_epoch": Measure("best epoch", "", "fact"),
    "parameters": Measure("parameters", "", "fact"),
    "unstable_steps": Measure("unstable steps", "", "fact"),
    "unstable_epoch": Measure("unstable from epoch", "", "fact"),
    "gradient_checks": Measure("gradient checks", "", "fact"),
    "worst_distance": Measure("worst gradient distance", "", "fact"),
    "seconds": Measure("seconds", "seconds", "time"),
    "load_seconds": Measure("seconds for images", "seconds", "time"),
    "check_seconds": Measure("seconds for checks", "seconds", "time"),
    "epoch_seconds": Measure("seconds of an epoch", "seconds", "time"),
    "memory": Measure("peak memory", "MiB", "time"),
    "weights": Measure("weights, digest", "bytes", "fact"),
    "history": Measure("losses and accuracies of all epochs, digest", "bytes", "fact"),
    "weights_apart": Measure("largest difference of weights", "", "fact", ("run", "run")),
    "loss_apart": Measure("largest difference of losses", "", "fact", ("run", "run")),
    "accuracy_apart": Measure("largest difference of accuracies", "share", "fact", ("run", "run")),
}
"""Measures by name."""

COLUMNS = {name: f"{name}_accuracy" for name in ("training", "dev", "test")} | {"unstable": "unstable_steps"}
"""Short names of columns."""

PARTITIONS = ("training", "dev", "test")
