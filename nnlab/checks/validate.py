"""Every registered component, other packages' included, held against what its kind must do: `nnlab check`."""

from collections.abc import Iterator

from nnlab.checks.chance_checks import initializer_findings, schedule_findings
from nnlab.checks.findings import Finding, Row, judged
from nnlab.checks.layer_checks import layer_findings
from nnlab.checks.loss_checks import loss_findings
from nnlab.checks.model_checks import DECAYS, SAMPLES, SHAPES, ModelTrial, NewLearner, model_findings, trial_findings
from nnlab.checks.optimizer_checks import optimizer_findings
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.base import LAYERS
from nnlab.losses.base import LOSSES, Loss
from nnlab.models.base import MODELS, Model
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.base import SCHEDULES

__all__ = ["Row", "validate", "validate_one"]


def validate(new_learner: NewLearner, backend: str = "numpy") -> Iterator[Row]:
    """One row per component, in the order in which they build on each other.

    Options:  new_learner: makes a learner of `backend`; models are checked through it.
    """
    for initializer in INITIALIZERS:
        yield judged(initializer.__name__, "initializer", initializer_findings(initializer))
    for layer in LAYERS:
        yield judged(layer.__name__, "layer", layer_findings(layer))
    for loss in LOSSES:
        yield judged(loss.__name__, "loss", loss_findings(loss))
    for schedule in SCHEDULES:
        yield judged(schedule.__name__, "schedule", schedule_findings(schedule))
    for rule in OPTIMIZERS:
        yield judged(rule.__name__, "optimizer", optimizer_findings(rule))
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
        for shape in SHAPES:
            for samples in SAMPLES:
                for decay in decays:
                    options, cls = model.options(), type(model)
                    trial = ModelTrial(cls, options, shape=shape, samples=samples, decay=decay, loss=loss, seed=seed)
                    yield from trial_findings(trial, new_learner)

    rule = type(optimizer.rule)
    yield judged(type(model).__name__, "model", findings(), backend)
    yield judged(type(loss).__name__, "loss", loss_findings(type(loss), seed, [loss.options()]))
    yield judged(rule.__name__, "optimizer", optimizer_findings(rule, seed, [optimizer.rule.options()]))
