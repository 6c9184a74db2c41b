"""How a folder of photos is trained where nobody said by which network: network, rule, epochs, and what chance does."""

from collections.abc import Mapping
from typing import Any, Final

from nnlab.experiment.resolution import Resolution
from nnlab.experiment.sources import SettingsSource

KIND: Final = "photos"
"""The kind of this source of settings."""

MODEL: Final = "SmallCnn"

LEAST_SIDE: Final = 8
"""Pixels that it can make half as large three times."""

RULE: Final[Mapping[str, Any]] = {
    "optimizer": "AdamW",
    "schedule": "OneCycle",
    "optimizer.learning_rate": 0.004,
    "optimizer.weight_decay": 0.05,
}
"""These go together: where one of them is said, none of the others is chosen."""

STEPS: Final = ("Translate", "Rotate:max_degrees=10", "Brightness", "Contrast")
"""Mild ones, which leave digits, letters and hands what they are. No flip: whether left may be right is not known."""

PICTURES: Final = 50_000
"""How many a run looks at, counted as often as they come: some minutes on two cores."""

LEAST_EPOCHS, MOST_EPOCHS = 8, 60


def photo_model(probe: Resolution, data: Mapping[str, Any]) -> SettingsSource | None:
    """The network for photos; None where somebody said one, or a task that is not of classes, or a size too small.

    Options:  data: what was said of the data.
    """
    small = min(data.get("resize", (LEAST_SIDE, LEAST_SIDE))) < LEAST_SIDE
    if probe.says("model") or probe.chosen["task"] != "Classification" or small:
        return None
    return SettingsSource(KIND, {"model": MODEL})


def recipe(probe: Resolution, samples: int) -> dict[str, Any]:
    """What trains that network, as far as nobody said it; nothing where another network was said.

    Options:  samples: of the set, of which most are trained on.
    """
    source = probe.source("model")
    if source is None or source.kind != KIND:
        return {}
    values: dict[str, Any] = {"run.epochs": min(MOST_EPOCHS, max(LEAST_EPOCHS, round(PICTURES / max(1, samples))))}
    if not any(probe.says(key.rpartition(".")[2]) for key in RULE):
        values |= RULE
    if not any(probe.says(key) for key in ("augment", "rot_angle", "noise_intensity")):
        values["data.augment"] = STEPS
    return values
