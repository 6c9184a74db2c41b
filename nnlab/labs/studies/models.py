"""`nnlab study models`: the same training of networks of several sizes."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.errors import UsageError, as_one
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.plan import Plan
from nnlab.labs.studies.protocol import protocol, refuse_needless
from nnlab.labs.studies.varied import Variation, varied
from nnlab.models.base import MODELS

COMPARED = ("SmallCnn", "ResNet18", "ResNet34", "ResNet50", "ResNet101")


def models_plan(
    names: Sequence[str], repeats: int, flags: SettingsSource, *others: SettingsSource
) -> tuple[Plan, Sequence[str]]:
    """The plan, and what a user should be told.

    Options:  names: of the models, as they were typed.  flags, others: settings of every cell, the strongest first.
    Raises:   NnlabError: all that is wrong with them, together.
    """
    mistakes = list(refuse_needless(flags, {"model": "--models"}))
    known: list[str] = []
    for name in names:
        try:
            known.append(MODELS.name_of(name))
        except UsageError as error:
            mistakes.append(UsageError(error.what, where="--models", hint=error.hint))
    if mistakes:
        raise as_one(mistakes)
    every = [Variation(name, {"model": name}) for name in dict.fromkeys(known)]
    found = varied(every, repeats, flags, *others, protocol({}))
    options: Mapping[str, Any] = {"models": known, "repeats": repeats}
    return Plan("study-models", "study", options, found.base.settings, found.cells), found.notes
