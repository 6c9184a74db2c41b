"""A run as it was left: its configuration, and its network with the best weights."""

import dataclasses
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, UsageError
from nnlab.core.types import DTYPES
from nnlab.data.scaling import Scaling, kept_scaling
from nnlab.experiment.build import drafted, learner
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import from_flags, from_run
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.tracking.fields import require
from nnlab.tracking.run import Run, read_run
from nnlab.tracking.weights import ABOUT, NAMES

LOG = logging.getLogger("nnlab.run")


@dataclass(frozen=True)
class Trained:
    """A run's network with its best weights.

    Options:  experiment: the run's own, except for what it is asked to compute on.  scaling: of its inputs.
              names: of the classes, or of the numbers that it gives.
    """

    run: Run
    experiment: Experiment
    names: tuple[str, ...]
    network: Graph
    scaling: Scaling

    def learner(self) -> Learner:
        """The network on the experiment's backend. Raises MissingError: where that is not installed."""
        return learner(self.experiment, self.network, self.experiment.task)


def trained_run(path: str | Path, *, device: str = "cpu", **settings: Any) -> Trained:
    """The network of a run folder; its dataset and the weights that it began with need not be there any more.

    Options:  device: what computes.  settings: other settings that are not to be the run's, such as its backend.
    Raises:   DataError: no run there, none that has weights, or weights of another network.
    """
    run = read_run(path)
    if not run.has_weights:
        hint = "name another run" if run.summary is not None else "try again when it is, or name another run"
        raise DataError(run.why_no_weights(), where=str(run.folder), hint=hint)
    weights, about = run.weights("best")
    where = str(run.folder / "weights" / "best.safetensors")
    require(about, {"sample_shape": ABOUT["sample_shape"]}, where=where)
    if run.config_changed:
        LOG.warning(
            "%s: is not the one that the run was trained with; its answers may be others", run.folder / "config.toml"
        )
    plain = {"device": device, "prepare": "none", "compile": False, "amp": False, "processes": 1}
    experiment = resolve(from_flags(plain | settings), from_run(run.folder), read_weights=False)
    model = experiment.model.from_run(run.folder)
    require(about, {experiment.task.naming: NAMES}, where=where)
    task = experiment.task.restored(about)
    experiment = dataclasses.replace(experiment, model=model, task=task, starts=None, resumes=None)
    names, shape = tuple(about[experiment.task.naming]), tuple(about["sample_shape"])
    network = drafted(experiment, shape, experiment.task.heads(names, shape))
    network.build(shape, rng=None, dtype=DTYPES[experiment.run.dtype])  # its weights come from the run
    try:
        network.load_state(weights)
    except UsageError as error:
        raise DataError(f"its weights do not fit its network ({error})", where=str(run.folder)) from error
    scaling = kept_scaling(experiment.data, about)
    if scaling is None:
        raise DataError("its weights lack the mean and std of its inputs", where=str(run.folder), hint="train it again")
    return Trained(run, experiment, names, network, scaling)
