"""Every setting of an experiment: which section it stands in, which components have it.

Nothing is listed here by hand: the settings are the options (fields) of the registered components.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from nnlab.backends.base import BACKENDS
from nnlab.core.component import Option, options_of
from nnlab.core.registry import Registry, normalised
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.options import DataOptions
from nnlab.data.samplers.base import SAMPLERS
from nnlab.experiment.options import RunOptions
from nnlab.losses.base import LOSSES
from nnlab.metrics.base import METRICS
from nnlab.models.base import MODELS
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.base import SCHEDULES
from nnlab.tasks.base import TASKS


@dataclass(frozen=True)
class Choice:
    """A section whose component is chosen by name (`--model=NLayers`): its registry, and the name by default, where the
    task has none of its own."""

    section: str
    registry: Registry[Any]
    default: str
    help: str


CHOICES: dict[str, Choice] = {
    choice.section: choice
    for choice in (
        Choice("task", TASKS, "Classification", "what the network is trained for"),
        Choice("model", MODELS, "OneLayer", "network to train"),
        Choice("optimizer", OPTIMIZERS, "Adam", "update rule"),
        Choice("schedule", SCHEDULES, "Constant", "how the learning rate moves over the epochs"),
        Choice("loss", LOSSES, "CrossEntropy", "what is minimised"),
        Choice("sampler", SAMPLERS, "Shuffled", "which training samples come together in a minibatch"),
        Choice("accuracy", METRICS, "Classes", "the metric that says which weights are the best"),
    )
}

PLAIN: dict[str, type] = {"run": RunOptions, "data": DataOptions}
"""Sections that are always the same component."""

SECTIONS: tuple[str, ...] = (*PLAIN, *CHOICES)
"""Every section, in the order in which a configuration is written and a short key is looked up."""

SHARED: dict[str, type] = {"optimizer": Optimizer}
"""Options that every component of a section has: the optimizer's rate, penalty and clipping, whatever its rule."""

NAMED: dict[str, Registry[Any]] = {
    **{section: choice.registry for section, choice in CHOICES.items()},
    "data_loader": DATA_LOADERS,
    "backend": BACKENDS,
}
"""Keys whose value is a registered name."""

ALIASES: dict[str, str] = {"nbr_epochs": "epochs", "dropout": "dropout_rate"}
"""Other names of a key."""


@dataclass(frozen=True)
class Setting:
    """A key that a user can set.

    Options:  owners: the components that have it; empty when it does not depend on a choice.
              variants: what it is in components that mean something else by it, or have another default, and which.
    """

    key: str
    section: str
    option: Option
    owners: tuple[str, ...] = ()
    variants: tuple[tuple[Option, tuple[str, ...]], ...] = ()

    @property
    def kinds(self) -> tuple[Option, ...]:
        """What it may be."""
        return tuple(offered for offered, _ in self.variants) or (self.option,)


@cache
def settings() -> tuple[Setting, ...]:
    """Every setting but the choices themselves, by section; of owners that differ the first before its variants."""
    return tuple(found for section in SECTIONS for found in _section(section))


def _section(section: str) -> Iterator[Setting]:
    plain = PLAIN.get(section) or SHARED.get(section)
    shared = {offered.name: offered for offered in options_of(plain)} if plain else {}
    for name, offered in shared.items():
        yield Setting(name, section, offered)
    if section in PLAIN:
        return
    meant: dict[str, list[tuple[Option, list[str]]]] = {}
    for cls in CHOICES[section].registry:
        for offered in options_of(cls):
            if offered.name in shared:
                continue
            kinds = meant.setdefault(offered.name, [])
            owners = next((owners for other, owners in kinds if other == offered), None)
            if owners is None:
                kinds.append((offered, [cls.__name__]))
            else:
                owners.append(cls.__name__)
    for name, kinds in meant.items():
        variants = tuple((offered, tuple(owners)) for offered, owners in kinds)
        every = tuple(sorted(owner for _, owners in variants for owner in owners))
        yield Setting(name, section, variants[0][0], every, variants if len(variants) > 1 else ())


def canonical(key: str) -> str:
    """A key as the tables above write it (`--nbr-epochs` is `epochs`, `learningRate` is `learning_rate`)."""
    return _canonical().get(normalised(key), key.replace("-", "_"))


@cache
def _canonical() -> dict[str, str]:
    """Keys as they are matched, and as they are written; of several that match alike the first."""
    known = [*ALIASES.items(), *((key, key) for key in (*CHOICES, *(setting.key for setting in settings())))]
    return {normalised(key): target for key, target in reversed(known)}


def is_canonical(key: str, chosen: Mapping[str, Any]) -> bool:
    """Whether a key, with its section or without, is written as the component that is chosen writes its options; asked
    first, for it needs no other component. Options:  chosen: the components' names by section, as far as they are said.
    """
    section, _, short = key.rpartition(".")
    if key in CHOICES:
        return True
    if section in PLAIN or not section:
        return any(component_has(plain, "", short) for plain in ([section] if section else PLAIN))
    name = chosen.get(section)
    return (
        section in CHOICES
        and isinstance(name, str)
        and name in CHOICES[section].registry
        and component_has(section, name, short)
    )


def component_has(section: str, name: str, key: str) -> bool:
    """Whether the chosen component of a section (or the section itself) has this option."""
    if section in PLAIN:
        return any(offered.name == key for offered in options_of(PLAIN[section]))
    offered_by = [CHOICES[section].registry.get(name), *([SHARED[section]] if section in SHARED else [])]
    return any(offered.name == key for cls in offered_by for offered in options_of(cls))
