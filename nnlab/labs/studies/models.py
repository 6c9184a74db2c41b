"""`nnlab study models`: the same training of networks of several sizes."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.plan import Plan, Settings
from nnlab.labs.studies.protocol import WHOLE, Preset, protocol, refuse_needless
from nnlab.labs.studies.varied import Variation, varied
from nnlab.models.base import MODELS

COMPARED = ("SmallCnn", "ResNet18", "ResNet34", "ResNet50", "ResNet101")
FEW = ("SmallCnn", "ResNet18", "ResNet34")

PRESETS = {
    "laptop": Preset({"models": FEW[:2], "repeats": 3}, {"epochs": 4}),
    "quick": Preset({"models": FEW, "repeats": 1}),
}


def models_plan(
    names: Sequence[str], repeats: int, flags: SettingsSource, *others: SettingsSource, preset: Preset = WHOLE
) -> tuple[Plan, Sequence[str]]:
    """The plan, and what a user should be told.

    Options:  names: of the models, as they were typed.  flags, others: settings of every cell, the strongest first.
    Raises:   NnlabError: all that is wrong with them, together.
    """
    mistakes: list[NnlabError] = list(refuse_needless(flags, {"model": "--models"}))
    known: list[str] = []
    for name in names:
        try:
            found = MODELS.name_of(name)
        except UsageError as error:
            mistakes.append(UsageError(error.what, where="--models", hint=error.hint))
            continue
        if found in known:
            mistakes.append(UsageError(f"names {found} twice", where="--models", hint="leave one of them out"))
        known.append(found)
    if mistakes:
        raise as_one(mistakes)
    made = varied(
        [Variation(name, {"model": name}) for name in known], repeats, flags, *others, protocol(preset.settings)
    )
    options: Mapping[str, Any] = {"models": known, "repeats": repeats}
    settings = of_all(made.base.settings, flags, *others)
    return Plan("study-models", "study", options, settings, made.cells), made.notes


def of_all(settings: Settings, *sources: SettingsSource) -> Settings:
    """The settings that all models share: what follows from one of them is left out, unless somebody said it.

    Options:  settings: of the first model's experiment.
    """
    said = {key.rpartition(".")[2] for source in sources for key in source.values}
    follows = {"model": set(settings["model"]), "data": {"flatten"}}
    return {
        section: {key: value for key, value in table.items() if key in said or key not in follows.get(section, ())}
        for section, table in settings.items()
    }
