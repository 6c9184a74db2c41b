"""The options of a run that belong to no component: how long, how fast, how checked, where it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nnlab.backends.base import Engine
from nnlab.backends.tuning import TUNINGS
from nnlab.checks.reaction import Reaction
from nnlab.core.component import Component, option
from nnlab.core.errors import UsageError
from nnlab.core.printing import printable
from nnlab.data.folds import MOST
from nnlab.data.steps.written import separated
from nnlab.kernels.images.convolution import Form
from nnlab.models.quantizing import Quantize
from nnlab.training.batch_statistics import Statistics
from nnlab.training.best import EarlyStopping
from nnlab.training.callbacks.divergence_guard import Divergence


@dataclass(kw_only=True, eq=False)
class RunOptions(Component):
    """What `nnlab train` is told about the run itself; the flags and the [run] section come from these fields."""

    exp_id: str = option("main", "name of the experiment, part of its run folder's name")
    runs_dir: str = option("runs", "folder that run folders are written to", path=True)
    epochs: int = option(100, "passes over the training partition", low=1)
    budget_minutes: float | None = option(
        None,
        "minutes that a run may take: it ends before an epoch that would not fit; none: as long as it does",
        above=0,
    )
    training_times: int = option(1, "train this many times, with model seeds that count up", low=1, high=10_000)
    folds: int = option(
        0,
        "train once for each of so many folds of all but test, which is dev there; 0: dev has its share",
        low=0,
        high=MOST,
    )
    model_seed: int = option(0, "seed of the first weights and of dropout")
    weights: str | None = option(
        None,
        "start from the weights of a run (its folder, or a weights file) or from torchvision's (.pth, .safetensors)",
        metavar="RUN",
        path=True,
    )
    adapt_first_layer: bool = option(
        False, "share torchvision's first layer out over as many channels as the pictures have"
    )
    backend: str = option("numpy", "engine that trains")
    device: Literal["auto", "cpu", "cuda"] = option("auto", "device to train on")
    dtype: Literal["float32", "float64"] = option("float32", "precision of weights and inputs")
    threads: int = option(0, "threads for the arithmetic; 0 for all cores", low=0)
    processes: int = option(
        1, "processes that train one network, each on its share of every minibatch (torch); cores are shared out", low=1
    )
    compile: bool = option(False, "let the backend compile the network (torch)")
    amp: bool = option(False, "products in bfloat16, weights in float32 (torch)")
    tuning: tuple[str, ...] = option(
        (), f"how torch works otherwise than it does: {', '.join(TUNINGS)}", choices=tuple(TUNINGS), metavar="NAME,.."
    )
    convolution: Form = option(
        "auto", "how the numpy backend does 3x3 convolutions: columns, Winograd's, or the quicker"
    )
    unfreeze_at: int | None = option(
        None, "epoch from which what --freeze holds learns too; none: it stays to the end", low=2
    )
    quantize: Quantize = option(
        "off", "round weights and values in training as integers of so many bits hold them, for an export of such"
    )
    freeze_observers: int | None = option(
        None, "epochs after which the ranges that --quantize rounds over stay; none: they move to the end", low=0
    )
    freeze_bn: int | None = option(
        None, "epochs after which BatchNorm keeps its running statistics, and trains by them; none: never", low=0
    )
    accumulate: int = option(1, "minibatches that a step learns from, as from one; their gradients add up", low=1)
    batch_norm_statistics: Statistics = option(
        "running", "what BatchNorm is scored and kept with: running means and variances, or those of the training set"
    )
    metrics: tuple[str, ...] = option(
        (), "more figures to report, such as F1,TopK:k=3; may be repeated", metavar="NAME:OPTION=VALUE,.."
    )
    eval_dev: bool = option(True, "score the dev partition in every epoch")
    eval_test: bool = option(True, "score the test partition at the end; else it stays unopened")
    early_stopping: EarlyStopping = option("mark", "when dev stops improving: only mark, or stop")
    early_stopping_patience: int = option(10, "epochs without a better dev score before early stopping", low=1)
    gradient_checks: Reaction = option("exception", "reaction to a wrong gradient")
    gradient_checks_interval: int = option(25, "epochs between gradient checks", low=1)
    gradient_checks_budget: float = option(0.1, "share of the run's time that gradient checks may take", low=0, high=1)
    instability_checks: Reaction = option("warning", "reaction to values that are not finite")
    divergence: Divergence = option(
        "warn", "when the loss, smoothed, rises far above its least: warn, stop, or go back at half the learning rate"
    )
    divergence_factor: float = option(
        4.0, "how many times its least the loss has to be, to be called diverged", above=1
    )
    display_graphs: bool = option(False, "open the figures when the run ends, on a machine with a display")
    display_samples: int = option(0, "samples in the sheet that is opened when the run ends; 0 opens none", low=0)
    profiling: bool = option(False, "write profile.html, and say in a table: where the time of the training went")
    tensorboard: bool = option(False, "write event files that TensorBoard reads, in the run folder")
    track_layer: tuple[str, ...] = option(
        (), "follow the first units of a layer over the epochs; may be repeated", metavar="NAME,UNITS"
    )
    dump_minibatches: bool = option(False, "write down every minibatch, and draw those of the first epoch")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.exp_id.strip():
            raise UsageError("must not be empty", where="--exp-id", hint="such as --exp-id=main")
        if printable(self.exp_id) != self.exp_id:
            raise UsageError(f"must be one line of plain letters, got {self.exp_id}", where="--exp-id")
        if self.folds == 1:
            raise UsageError("must be at least 2, or 0 for none, got 1", where="--folds")
        self.metrics = separated(self.metrics)
        self.track_layer = tuple(f"{name},{units}" for name, units in _pairs(self.track_layer))

    @property
    def engine(self) -> Engine:
        """What the backend is to run on, and how."""
        return Engine(
            device=self.device,
            threads=self.threads,
            compile=self.compile,
            amp=self.amp,
            convolution=self.convolution,
            tuning=self.tuning,
            processes=self.processes,
        )

    @property
    def tracked(self) -> dict[str, int]:
        """How many units are followed, by the name of their node."""
        return dict(_pairs(self.track_layer))


def _pairs(said: Sequence[str]) -> list[tuple[str, int]]:
    """The layers to follow. Said as ["a,1", "b,2"] or, where text was split at its commas, as ["a", "1", "b", "2"].

    Raises:  UsageError: when that is not a name and a number in turns.
    """
    words = [word.strip() for item in said for word in item.split(",")]
    names, counts = words[::2], words[1::2]
    if len(names) != len(counts) or not all(names) or not all(c.isdecimal() and int(c) > 0 for c in counts):
        raise UsageError(
            f"must be NAME,UNITS with at least 1 unit, got {' '.join(said)!r}",
            where="--track-layer",
            hint="such as --track-layer=dense_1,5",
        )
    return [(name, int(count)) for name, count in zip(names, counts, strict=True)]
