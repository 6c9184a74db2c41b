"""The nouns: an experiment, the run that it goes on with, the weights that it starts from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab.core.component import Component
from nnlab.core.types import Array
from nnlab.data.options import DataOptions
from nnlab.data.samplers.base import Sampler
from nnlab.data.samplers.shuffled import SHUFFLED
from nnlab.experiment.figures import further
from nnlab.experiment.options import RunOptions
from nnlab.experiment.toml import document
from nnlab.losses.base import Loss
from nnlab.metrics.base import Metric
from nnlab.models.base import Model
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.constant import Constant
from nnlab.tasks.base import Task
from nnlab.tracking.fold_set import FoldSet
from nnlab.training.record import Checkpoint


@dataclass(frozen=True, eq=False)
class Resumed:
    """The run that an experiment goes on with.

    Options:  about: what the checkpoint's weights are, as the run folder says.
              changed: of a fork what each setting was and what it is; empty of a run that goes on as it was.
    """

    folder: Path
    checkpoint: Checkpoint
    about: Mapping[str, Any]
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def record(self) -> dict[str, Any]:
        """Whence a run came, for its summary."""
        changed = {key: {"was": was, "now": now} for key, (was, now) in self.changed.items()}
        return {"run": self.folder.name, "epoch": self.epoch} | ({"changed": changed} if changed else {})

    @property
    def epoch(self) -> int:
        """The last whole epoch that was saved; what was learnt after it is learnt again."""
        return len(self.checkpoint.history)


@dataclass(frozen=True, eq=False)
class Start:
    """Weights and running statistics to start from.

    Options:  path: the run folder, or the weights file, as config.toml is to name it (never `latest`, which moves on).
              state: the arrays by name.  about: what they are, as their file says.
              config: the configuration of the run that they are from; empty for a file that lies elsewhere.
              published: whether they are others', under the names of theirs.
    """

    path: str
    state: Mapping[str, Array]
    about: Mapping[str, Any]
    config: Mapping[str, Mapping[str, Any]]
    published: bool = False

    @property
    def note(self) -> str:
        """What is started from, in words."""
        facts = [f"epoch {epoch}"] if (epoch := self.about.get("epoch")) is not None else []
        facts += [f"trained on {backend}"] if (backend := self.config.get("run", {}).get("backend")) else []
        return f"starts from the weights in {self.path}" + (f" ({', '.join(facts)})" if facts else "")


@dataclass(frozen=True)
class Experiment:
    """One experiment, fully resolved: every option has its value.

    Options:  run: its `threads` is a number of cores, never 0.
              notes: what a user should be told (a recommendation that was taken), one line each.
              resumes: the run that it goes on with (see experiment/resume.py); None for one that starts afresh.
              starts: the weights that it starts from; None for weights of its own.
              folds: the set whose folds go on; None for folds that begin, and for an experiment without.
    """

    run: RunOptions
    data: DataOptions
    model: Model
    optimizer: Optimizer
    loss: Loss
    accuracy: Metric
    task: Task
    sampler: Sampler = SHUFFLED
    notes: tuple[str, ...] = field(default=())
    resumes: Resumed | None = None
    starts: Start | None = None
    folds: FoldSet | None = None

    @property
    def parts(self) -> dict[str, tuple[Component, ...]]:
        """The components by section, in the order in which a configuration is written."""
        return {
            "run": (self.run,),
            "data": (self.data,),
            "task": (self.task,),
            "model": (self.model,),
            "optimizer": (self.optimizer, self.optimizer.rule),
            "schedule": (self.optimizer.schedule or Constant(),),
            "loss": (self.loss,),
            "sampler": (self.sampler,),
            "accuracy": (self.accuracy,),
        }

    @property
    def chosen(self) -> dict[str, str]:
        """The component's name in each section that has a choice."""
        return {name: type(parts[-1]).__name__ for name, parts in self.parts.items() if name not in ("run", "data")}

    @property
    def sections(self) -> dict[str, dict[str, Any]]:
        """Every option by section, as config.toml writes them."""
        return {name: {k: v for part in parts for k, v in part.options().items()} for name, parts in self.parts.items()}

    @property
    def figure(self) -> str:
        """The name in files of the figure that says which weights are the best."""
        return next(iter(self.figures))

    @property
    def figures(self) -> dict[str, Metric]:
        """What is reported, by its name in files: the task's, of which the first judges, then those asked for."""
        own = dict(self.task.metrics(self.accuracy))
        return own | {metric.figure_key: metric for metric in further(self.run.metrics) if metric.figure_key not in own}

    def to_toml(self) -> str:
        """The configuration as a file that `nnlab train --config` repeats the run from."""
        return document(self.settings)

    @property
    def settings(self) -> dict[str, dict[str, Any]]:
        """Every option by section, the chosen component's name as `name`."""
        return {
            name: ({"name": self.chosen[name]} if name in self.chosen else {}) | dict(table)
            for name, table in self.sections.items()
        }
