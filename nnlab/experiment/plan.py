"""Several experiments of one command: their repetitions and their names."""

import dataclasses
from collections.abc import Iterator, Sequence
from copy import copy
from itertools import count

from nnlab.experiment.experiment import Experiment


def repeated(experiments: Sequence[Experiment]) -> list[Experiment]:
    """Each experiment `training_times` times, model seeds counting up; ids that occur twice get _1, _2, ..."""
    every = [
        _with_seed(experiment, turn) for experiment in experiments for turn in range(experiment.run.training_times)
    ]
    taken: set[str] = set()
    named = []
    for experiment in every:
        name = next(name for name in _names(experiment.run.exp_id) if name not in taken)
        taken.add(name)
        named.append(_with_run(experiment, exp_id=name))
    return named


def _names(exp_id: str) -> Iterator[str]:
    yield exp_id
    for number in count(1):
        yield f"{exp_id}_{number}"


def _with_seed(experiment: Experiment, turn: int) -> Experiment:
    if experiment.run.training_times == 1:
        return experiment
    return _with_run(experiment, model_seed=experiment.run.model_seed + turn, training_times=1)


def _with_run(experiment: Experiment, **changes: object) -> Experiment:
    """The experiment with other run options."""
    run = copy(experiment.run)
    for name, value in changes.items():
        setattr(run, name, value)
    return dataclasses.replace(experiment, run=run, accuracy=copy(experiment.accuracy))
