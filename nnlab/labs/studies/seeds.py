"""`nnlab study seeds`: how far apart runs of one experiment come by first weights, and by the order of its data."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.errors import as_one
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.plan import Plan
from nnlab.labs.studies.protocol import WHOLE, Preset, protocol, refuse_needless
from nnlab.labs.studies.varied import Variation, varied

MODEL_SEEDS, DATA_SEEDS = 5, 5

PRESETS = {
    "laptop": Preset({"model_seeds": 4, "data_seeds": 4}),
    "quick": Preset({"model_seeds": 3, "data_seeds": 3}, {"epochs": 4}),
}


def seeds_plan(
    counts: tuple[int, int], flags: SettingsSource, *others: SettingsSource, preset: Preset = WHOLE
) -> tuple[Plan, Sequence[str]]:
    """The plan, and what a user should be told. Cell m D + d + 1 has the m-th model seed and the d-th order of data.

    The split stays: every run is scored on the same samples.

    Options:  counts: M model seeds and D data seeds.  flags, others: settings of every cell, the strongest first.
    Raises:   NnlabError: all that is wrong with them, together.
    """
    mistakes = refuse_needless(flags, {"order_seed": "--data-seeds"})
    if mistakes:
        raise as_one(mistakes)
    models, orders = counts
    pairs = [(model, order) for model in range(models) for order in range(orders)]
    made = varied(
        [Variation("run", {}, pairs)], len(pairs), flags, *others, protocol({"model": "SmallCnn"}, preset.settings)
    )
    options: Mapping[str, Any] = {"model_seeds": models, "data_seeds": orders}
    return Plan("study-seeds", "study", options, made.base.settings, made.cells), made.notes
