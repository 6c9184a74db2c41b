"""`nnlab study sizes`: the same training on pictures of several sizes."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.plan import Plan
from nnlab.labs.studies.protocol import WHOLE, Preset, protocol, refuse_needless
from nnlab.labs.studies.varied import Variation, varied

COMPARED = ("96", "64", "48", "32", "24", "16", "12", "8", "6", "4", "2", "1")
FEW = ("32", "16", "8", "4", "1")

PRESETS = {
    "laptop": Preset({"sizes": FEW, "repeats": 3}, {"epochs": 4, "width": 0.5}),
    "quick": Preset({"sizes": FEW, "repeats": 1}),
}


def sizes_plan(
    sizes: Sequence[str], repeats: int, flags: SettingsSource, *others: SettingsSource, preset: Preset = WHOLE
) -> tuple[Plan, Sequence[str]]:
    """The plan, and what a user should be told.

    Options:  sizes: sides in pixels, or WIDTHxHEIGHT, as they were typed.  flags, others: as of `models_plan`.
    Raises:   NnlabError: all that is wrong with them, together.
    """
    mistakes: list[NnlabError] = list(refuse_needless(flags, {"resize": "--sizes"}))
    known: dict[str, tuple[int, int]] = {}
    for text in sizes:
        numbers = text.lower().split("x")
        if len(numbers) not in (1, 2) or not all(part.isdecimal() and 0 < int(part) <= 10_000 for part in numbers):
            what, hint = f"must be sides in pixels, got {text!r}", "such as --sizes=64,32,16, or 64x48"
            mistakes.append(UsageError(what, where="--sizes", hint=hint))
            continue
        side = (int(numbers[0]), int(numbers[-1]))
        name = f"{side[0]} px" if side[0] == side[1] else f"{side[0]}x{side[1]} px"
        if name in known:
            mistakes.append(UsageError(f"names {text} twice", where="--sizes", hint="leave one of them out"))
        known[name] = side
    if mistakes:
        raise as_one(mistakes)
    every = [Variation(name, {"resize": side}) for name, side in known.items()]
    found = varied(every, repeats, flags, *others, protocol({"model": "ResNet18"}, preset.settings))
    options: Mapping[str, Any] = {"sizes": list(sizes), "repeats": repeats}
    return Plan("study-sizes", "study", options, found.base.settings, found.cells), found.notes
