"""Every registered component, other packages' included, held against what its kind must do: `nnlab check`."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from nnlab.checks.chance_checks import initializer_findings, schedule_findings
from nnlab.checks.findings import Finding, Row, judged
from nnlab.checks.layer_checks import layer_findings
from nnlab.checks.loss_checks import loss_findings
from nnlab.checks.model_checks import (
    DECAYS,
    SAMPLES,
    ModelTrial,
    NewLearner,
    model_findings,
    trial_findings,
)
from nnlab.checks.optimizer_checks import optimizer_findings
from nnlab.checks.translation_checks import layer_translation, loss_translation, rule_translation
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.base import LAYERS
from nnlab.losses.base import LOSSES, Loss
from nnlab.models.base import MODELS, Model
from nnlab.models.forms import CLASSES, forms
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.base import SCHEDULES

__all__ = ["Row", "validate", "validate_one"]

HAND_WRITTEN = "numpy"
"""The backend whose arithmetic is that of the components themselves."""


def validate(new_learner: NewLearner, backend: str = "numpy") -> Iterator[Row]:
    """One row per component, in the order in which they build on each other.

    The hand-written components are held against differences; another backend's against the hand-written ones.
    Initializers and schedules are the same on every backend.

    Options:  new_learner: makes a learner of `backend`; models are checked through it, translations too.
    """
    translated = backend != HAND_WRITTEN
    for initializer in INITIALIZERS:
        yield judged(initializer.__name__, "initializer", initializer_findings(initializer))
    for layer in LAYERS:
        found = layer_translation(layer, new_learner) if translated else layer_findings(layer)
        yield judged(layer.__name__, "layer", found, backend)
    for loss in LOSSES:
        found = loss_translation(loss, new_learner) if translated else loss_findings(loss)
        yield judged(loss.__name__, "loss", found, backend)
    for schedule in SCHEDULES:
        yield judged(schedule.__name__, "schedule", schedule_findings(schedule))
    for rule in OPTIMIZERS:
        found = rule_translation(rule, new_learner) if translated else optimizer_findings(rule)
        yield judged(rule.__name__, "optimizer", found, backend)
    for model in MODELS:
        yield judged(model.__name__, "model", model_findings(model, new_learner), backend)


def validate_one(
    model: Model, new_learner: NewLearner, *, loss: Loss, optimizer: Optimizer, seed: int = 0, backend: str = "numpy"
) -> Iterator[Row]:
    """A row for one model as its options make it, and one each for the loss and the update rule it is to learn with.

    Options:  optimizer: its weight decay is part of the objective that is checked.
    """
    decays = sorted({*DECAYS, optimizer.weight_decay})

    def findings() -> Iterator[Finding]:
        fits = model.fits()
        shapes, classes = (forms(model), CLASSES) if fits is None else ((fits[0],), fits[1])
        first = ModelTrial(type(model), model.options(), loss=loss, seed=seed, classes=classes)
        for shape, samples, decay in product(shapes, SAMPLES, decays):
            yield from trial_findings(replace(first, shape=shape, samples=samples, decay=decay), new_learner)

    kind, rule = type(loss), type(optimizer.rule)
    losses, rules = [loss.options()], [optimizer.rule.options()]
    yield judged(type(model).__name__, "model", findings(), backend)
    if backend == HAND_WRITTEN:
        yield judged(kind.__name__, "loss", loss_findings(kind, seed, losses), backend)
        yield judged(rule.__name__, "optimizer", optimizer_findings(rule, seed, rules), backend)
    else:
        yield judged(kind.__name__, "loss", loss_translation(kind, new_learner, seed, losses), backend)
        yield judged(rule.__name__, "optimizer", rule_translation(rule, new_learner, seed, rules), backend)
