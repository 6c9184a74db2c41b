"""Every registered component, other packages' included, held against what its kind must do: `nnlab check`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnlab.checks.chance_checks import initializer_findings, schedule_findings
from nnlab.checks.findings import Finding, Row, judged
from nnlab.checks.layer_checks import layer_findings
from nnlab.checks.loss_checks import loss_findings
from nnlab.checks.model_checks import (
    DECAYS,
    ModelTrial,
    NewLearner,
    model_findings,
    trial_findings,
    trials,
)
from nnlab.checks.optimizer_checks import optimizer_findings
from nnlab.checks.translated import Translated
from nnlab.checks.translation_checks import translation_findings
from nnlab.core.heads import Head, Kind
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.base import LAYERS
from nnlab.losses.base import LOSSES, Loss
from nnlab.models.base import MODELS, Model
from nnlab.models.forms import CLASSES, forms
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.base import SCHEDULES

__all__ = ["Candidate", "Row", "validate", "validate_one"]


@dataclass(frozen=True)
class Candidate:
    """A backend that is to be checked.

    Options:  new_learner: makes a learner of it, through which models are checked.
              translated: its own components; None where they are the hand-written ones.
    """

    new_learner: NewLearner
    name: str = "numpy"
    translated: Translated | None = None


def validate(candidate: Candidate) -> Iterator[Row]:
    """One row per component, in the order in which they build on each other.

    The hand-written components are held against differences; another backend's against the hand-written ones.
    Initializers and schedules are the same on every backend.
    """
    backend, translated = candidate.name, candidate.translated
    for initializer in INITIALIZERS:
        yield judged(initializer.__name__, "initializer", initializer_findings(initializer))
    for layer in LAYERS:
        found = translation_findings(layer, translated) if translated else layer_findings(layer)
        yield judged(layer.__name__, "layer", found, backend)
    for loss in LOSSES:
        found = translation_findings(loss, translated) if translated else loss_findings(loss)
        yield judged(loss.__name__, "loss", found, backend)
    for schedule in SCHEDULES:
        yield judged(schedule.__name__, "schedule", schedule_findings(schedule))
    for rule in OPTIMIZERS:
        found = translation_findings(rule, translated) if translated else optimizer_findings(rule)
        yield judged(rule.__name__, "optimizer", found, backend)
    for model in MODELS:
        yield judged(model.__name__, "model", model_findings(model, candidate.new_learner), backend)


def validate_one(
    model: Model, candidate: Candidate, *, loss: Loss, optimizer: Optimizer, kind: Kind = "classes", seed: int = 0
) -> Iterator[Row]:
    """A row for one model as its options make it, and one each for the loss and the update rule it is to learn with.

    Options:  optimizer: its weight decay is part of the objective that is checked.  kind: of the model's head.
    """
    decays = sorted({*DECAYS, optimizer.weight_decay})

    def findings() -> Iterator[Finding]:
        fits = model.fits()
        shapes, channels = (forms(model), CLASSES.channels) if fits is None else ((fits[0],), fits[1])
        first = ModelTrial(type(model), model.options(), loss=loss, seed=seed, head=Head((channels,), kind))
        for shape in shapes:
            for trial in trials(replace(first, shape=shape), decays):
                yield from trial_findings(trial, candidate.new_learner)

    lost, rule, backend, translated = type(loss), type(optimizer.rule), candidate.name, candidate.translated
    losses, rules = [loss.options()], [optimizer.rule.options()]
    yield judged(type(model).__name__, "model", findings(), backend)
    found = translation_findings(lost, translated, losses) if translated else loss_findings(lost, seed, losses)
    yield judged(lost.__name__, "loss", found, backend)
    found = translation_findings(rule, translated, rules) if translated else optimizer_findings(rule, seed, rules)
    yield judged(rule.__name__, "optimizer", found, backend)
