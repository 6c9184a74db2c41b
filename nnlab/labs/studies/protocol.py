"""What a study trains with where nobody says otherwise."""

from collections.abc import Mapping
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.registry import advice
from nnlab.experiment.sources import SettingsSource

PROTOCOL: Mapping[str, Any] = {
    "resize": (32, 32),
    "epochs": 8,
    "max_minibatch_size": 64,
    "optimizer": "AdamW",
    "schedule": "OneCycle",
    "gradient_checks": "off",
}
"""Small pictures, few epochs, a recipe that suits networks of every size; nothing but the training on the clock."""

PRESETS: Mapping[str, Mapping[str, Any]] = {"laptop": {}, "quick": {}}

NO_PART = (
    "training_times", "folds", "fold", "display_graphs", "display_samples", "profiling", "tensorboard", "track_layer",
    "dump_minibatches", "exp_id_of_cells",
)  # fmt: skip
"""Settings that have no place in a study: what it repeats, it repeats itself, and it watches nothing."""


def protocol(more: Mapping[str, Any]) -> SettingsSource:
    """The weakest source of a study's cells. Options:  more: what this study says besides, or otherwise."""
    return SettingsSource("study", {**PROTOCOL, **more}, name="nnlab study")


def refuse_needless(flags: SettingsSource, varied: Mapping[str, str]) -> list[UsageError]:
    """The mistakes of flags that a study has no place for.

    Options:  varied: settings that its cells differ in, and the flag that lists them.
    """
    found = []
    for key in flags.values:
        short = key.rpartition(".")[2]
        if short in varied:
            what, hint = f"is what the cells differ in: {varied[short]} lists it", f"use {varied[short]}"
            found.append(UsageError(what, where=flags.where(key), hint=hint))
        elif short in NO_PART:
            what, hint = "has no part in a study", "leave it out; --repeats and seeds are the study's own"
            found.append(UsageError(what, where=flags.where(key), hint=hint))
    return found


def preset(name: str | None) -> Mapping[str, Any]:
    """A smaller protocol. Raises UsageError: there is none of that name."""
    if name is None:
        return {}
    if name not in PRESETS:
        raise UsageError(f"unknown preset {name!r}", where="--preset", hint=advice(name, list(PRESETS)))
    return PRESETS[name]
