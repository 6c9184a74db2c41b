"""What a study trains with where nobody says otherwise, and its smaller forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.registry import advice
from nnlab.experiment.sources import SettingsSource

PROTOCOL: Mapping[str, Any] = {
    "resize": (32, 32),
    "epochs": 8,
    "max_minibatch_size": 64,
    "optimizer": "AdamW",
    "learning_rate": 0.003,
    "schedule": "OneCycle",
    "gradient_checks": "off",
}
"""Small pictures, few epochs, a recipe that suits networks of every size; nothing but the training on the clock."""

NO_PART = ("training_times", "folds", "fold", "display_graphs", "display_samples")
"""Settings that have no place in a study: what it repeats, it repeats itself, and it opens nothing."""


@dataclass(frozen=True)
class Preset:
    """A study in another size.

    Options:  options: its own, such as which models.  settings: of every cell, above the protocol.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


WHOLE = Preset()
"""The study as it is by default."""


def preset_of(presets: Mapping[str, Preset], said: str | None) -> Preset:
    """The preset of a name; the study's own size where none is said. Raises UsageError: there is none of that name."""
    if said is None:
        return WHOLE
    if said not in presets:
        raise UsageError(f"unknown preset {said!r}", where="--preset", hint=advice(said, list(presets)))
    return presets[said]


def protocol(*more: Mapping[str, Any]) -> SettingsSource:
    """The weakest source of a study's cells. Options:  more: what is said besides, or otherwise, the strongest last."""
    values = {key: value for each in (PROTOCOL, *more) for key, value in each.items()}
    return SettingsSource("study", values, name="nnlab study")


def refuse_needless(flags: SettingsSource, varied: Mapping[str, str]) -> Sequence[UsageError]:
    """The mistakes of flags that a study has no place for.

    Options:  varied: settings that its cells differ in, and the flag that lists them.
    """
    found = []
    for key in flags.values:
        short = key.rpartition(".")[2]
        if short in varied:
            what, hint = f"is what the cells differ in: {varied[short]} says it", f"use {varied[short]}"
            found.append(UsageError(what, where=flags.where(key), hint=hint))
        elif short in NO_PART:
            what, hint = "has no part in a study", "leave it out; --repeats and seeds are the study's own"
            found.append(UsageError(what, where=flags.where(key), hint=hint))
    return found
