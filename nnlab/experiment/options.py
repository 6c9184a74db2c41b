"""The options of a run that belong to no component: how long, how fast, how checked, where it is kept."""

from dataclasses import dataclass
from typing import Literal

from nnlab.core.component import Component, option

Reaction = Literal["off", "warning", "exception", "debug"]
REACTIONS = ("off", "warning", "exception", "debug")


@dataclass(kw_only=True, eq=False)
class RunOptions(Component):
    """What `nnlab train` is told about the run itself; the flags and the [run] section come from these fields."""

    exp_id: str = option("main", "name of the experiment, part of its run folder's name")
    runs_dir: str = option("runs", "folder that run folders are written to")
    epochs: int = option(100, "passes over the training partition", low=1)
    training_times: int = option(1, "train this many times, with model seeds that count up", low=1)
    model_seed: int = option(0, "seed of the first weights and of dropout", low=0)
    backend: str = option("numpy", "engine that trains")
    device: str = option("auto", "device to train on", choices=("auto", "cpu", "cuda"))
    dtype: str = option("float32", "precision of weights and inputs", choices=("float32", "float64"))
    threads: int = option(0, "threads for the arithmetic; 0 for all cores", low=0)
    eval_dev: bool = option(True, "score the dev partition in every epoch")
    early_stopping: str = option(
        "mark", "when dev stops improving: only mark, or stop", choices=("mark", "stop", "off")
    )
    early_stopping_patience: int = option(10, "epochs without a better dev score before early stopping", low=1)
    gradient_checks: str = option("exception", "reaction to a wrong gradient", choices=REACTIONS)
    gradient_checks_interval: int = option(25, "epochs between gradient checks", low=1)
    instability_checks: str = option("warning", "reaction to values that are not finite", choices=REACTIONS)
    display_graphs: bool = option(False, "open the figures when the run ends, on a machine with a display")
    display_samples: int = option(0, "samples in the sheet that is opened when the run ends; 0 opens none", low=0)
    profiling: bool = option(False, "write profile.txt: where the time of the training went")
