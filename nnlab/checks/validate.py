"""Every registered component, other packages' included, held against what its kind must do: `nnlab check`."""

from collections.abc import Iterator

from nnlab.checks.chance_checks import initializer_findings, schedule_findings
from nnlab.checks.findings import Row, judged
from nnlab.checks.layer_checks import layer_findings
from nnlab.checks.loss_checks import loss_findings
from nnlab.checks.model_checks import NewLearner, model_findings
from nnlab.checks.optimizer_checks import optimizer_findings
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.base import LAYERS
from nnlab.losses.base import LOSSES
from nnlab.models.base import MODELS
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.schedules.base import SCHEDULES

__all__ = ["Row", "validate"]


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
