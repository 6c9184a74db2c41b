"""What a setting is where a configuration does not say it, as those of earlier versions do not say newer ones."""

from functools import cache
from typing import Any

from nnlab.core.component import options_of
from nnlab.core.registry import Registry
from nnlab.data.options import DataOptions
from nnlab.losses.base import LOSSES
from nnlab.metrics.base import METRICS
from nnlab.models.base import MODELS
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.base import SCHEDULES
from nnlab.tasks.base import TASKS

CHOSEN: dict[str, Registry[Any]] = {
    "task": TASKS,
    "model": MODELS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "loss": LOSSES,
    "accuracy": METRICS,
}
"""Sections whose component is chosen by name."""

PLAIN: dict[str, type] = {"data": DataOptions, "optimizer": Optimizer}
"""Components that a section has whatever is chosen."""


@cache
def default_of(section: str, name: str | None, key: str) -> Any:
    """The default of an option; None where it has none, or nothing is known of it (a package that is not here).

    Options:  name: the component that the section names.
    """
    owners = [PLAIN[section]] if section in PLAIN else []
    if name is not None and section in CHOSEN and name in CHOSEN[section]:
        owners.append(CHOSEN[section].get(name))
    return next((offered.default for owner in owners for offered in options_of(owner) if offered.name == key), None)
