"""From an estimator's parameters and arrays to a network that has learnt from them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.api.keywords import from_keywords
from nnlab.core.context import Context
from nnlab.core.errors import NnlabError, RunError, UsageError, as_one
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.core.truths import taken
from nnlab.core.types import DTYPES, Array
from nnlab.experiment.build import learner, refuse_lonely_samples, refuse_unfit, targets_of, wired
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.settings import CHOICES, canonical, component_has, settings
from nnlab.experiment.sources import SettingsSource
from nnlab.kernels.threads import at_most_threads
from nnlab.models.graph import Graph
from nnlab.sklearn.table import Rows, Table
from nnlab.training.record import TrainingResult
from nnlab.training.scoring import Judgement
from nnlab.training.trainer import Trainer

MINIBATCH = 64
"""Samples, where nobody says how many: a table of some hundred rows takes several steps an epoch."""

AT_ONCE = 64
"""How many samples are predicted together, always: products then round alike, whatever else is asked in one go."""

TAKEN = frozenset({
    "epochs", "model_seed", "backend", "device", "dtype", "threads", "compile", "amp", "convolution", "accumulate",
    "batch_norm_statistics", "early_stopping", "early_stopping_patience", "max_minibatch_size", "dataset_seed",
})  # fmt: skip
"""Settings of the run and the data that an estimator has; those of model, optimizer, schedule and loss it has all."""

KEYS = frozenset(
    {*(name for name in CHOICES if name != "task"), "seed"}
    | {each.key for each in settings() if each.section in CHOICES or each.key in TAKEN}
)
"""Every parameter besides the estimator's own."""


@dataclass(frozen=True, eq=False)
class Learnt:
    """What fitting gives."""

    network: Graph
    result: TrainingResult


def experiment_of(task: str, said: Mapping[str, Any]) -> Experiment:
    """The experiment of an estimator's parameters.

    Raises:  Mistakes, UsageError: everything about them that cannot be right, at once.
    """
    mistakes: list[NnlabError] = []
    known = {each.key for each in settings()}
    for key in said:
        if canonical(key) in known and canonical(key) not in KEYS:
            what = "has no part in an estimator, which is given arrays and leaves no run folder"
            mistakes.append(UsageError(what, where=key, hint="leave it out, or use nnlab.train"))
    taken = {key: value for key, value in said.items() if canonical(key) in KEYS or canonical(key) not in known}
    keywords = from_keywords({**taken, "task": task, "prepare": "none"})
    below: dict[str, Any] = {"data.max_minibatch_size": MINIBATCH}
    model = str(keywords.values.get("model", "NLayers"))
    try:
        if component_has("model", model, "output_batch_norm"):  # of small minibatches its statistics lag behind
            below["model.output_batch_norm"] = False
    except UsageError:  # no such model, as will be said
        pass
    try:
        experiment = resolve(keywords, SettingsSource("recommendation", below, name="nnlab.sklearn"))
    except UsageError as error:
        mistakes += getattr(error, "mistakes", [error])
    if mistakes:
        raise as_one(mistakes)
    return experiment


def fit(
    experiment: Experiment, x: Array, truths: Sequence[Truth], names: Sequence[str], dev: Sequence[int] = ()
) -> Learnt:
    """A network that has learnt from rows.

    Shapes:   x: (samples, features), or (samples, height, width, channels)
    Options:  names: of the classes, or of the numbers.  dev: the samples that choose the best weights.
    Raises:   UsageError: a network that cannot be built for them.  RunError: a loss that is not finite.
    """
    task, seed = experiment.task.fitted(names, truths), experiment.run.model_seed
    heads = task.heads(names, x.shape[1:], truths)
    network = wired(experiment, x.shape[1:], heads, rng=Rng(seed).at("weights"))
    refuse_unfit(network, heads, task.amount(names))
    experiment.model.freeze_in(network)
    x = np.ascontiguousarray(x, DTYPES[experiment.run.dtype])

    def rows(places: Sequence[int]) -> Rows:
        targets = targets_of(task, network)
        own = (x[list(places)], taken(truths, list(places)))
        return Rows(*own, targets, experiment.data.max_minibatch_size, Rng(experiment.data.dataset_seed))

    held = set(dev)
    table = Table(names, rows([place for place in range(len(x)) if place not in held]), rows(dev), rows(()))
    refuse_lonely_samples(network, experiment, table.training.truths)
    with at_most_threads(experiment.run.threads):
        trained = learner(experiment, network, task)
        result = Trainer(
            trained,
            table,
            epochs=experiment.run.epochs,
            judgement=Judgement(task, experiment.figures),
            rng=Rng(seed).at("training"),
            statistics=experiment.run.batch_norm_statistics,
            accumulate=experiment.run.accumulate,
            early_stopping=experiment.run.early_stopping,
            patience=experiment.run.early_stopping_patience,
        ).run()
    if result.stopped == "interrupted":
        raise KeyboardInterrupt
    if not math.isfinite(result.history[-1].training.loss):  # the best weights may be those of before it went wrong
        raise RunError("the loss is no finite number any more", where="fit", hint="pass a smaller learning_rate")
    network.load_state(trained.state())
    return Learnt(network, result)


def outputs(network: Graph, x: Array) -> Array:
    """What the one head says of each row: probabilities, or values.

    Shapes:  x: (samples, *sample); result: (samples, channels)
    """
    found = []
    for first in range(0, len(x), AT_ONCE):
        some = x[first : first + AT_ONCE]
        full = np.zeros((AT_ONCE, *network.in_shape), network.dtype)
        full[: len(some)] = some
        (said,) = network.read(network.outputs(full, Context())).values()
        found.append(said[: len(some)])
    return np.concatenate(found)
