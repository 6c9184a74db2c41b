"""`[repeat]`: every trial once more with other seeds."""

import itertools
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from nnlab.core.errors import NnlabError, as_one
from nnlab.core.registry import advice
from nnlab.experiment.experiment import Experiment
from nnlab.labs.sweep.written import Written

SECTION = "repeat"
SEEDS = ("model_seed", "dataset_seed", "order_seed")
BOTH = "seed"
"""As --seed: the model's and the dataset's, together."""

MOST = 1000


@dataclass(frozen=True)
class Repeats:
    """How often, by which seeds.  Options:  counts: of each seed; of several every combination."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def each(self) -> Sequence[Mapping[str, int]]:
        """Of each repeat by how much each seed is counted up; the first has the base's own."""
        steps = [range(count) for count in self.counts.values()]
        return [dict(zip(self.counts, each, strict=True)) for each in itertools.product(*steps)]

    def of(self, experiment: Experiment, repeat: int, name: str) -> Experiment:
        """The experiment with the seeds of a repeat, counted from 1. Options:  name: of its run folder."""
        run, data = copy(experiment.run), copy(experiment.data)
        by = self.each[repeat - 1]
        run.exp_id, run.model_seed = name, run.model_seed + by.get("model_seed", 0) + by.get(BOTH, 0)
        if by.get("order_seed"):
            order = data.dataset_seed if data.order_seed is None else data.order_seed
            data.order_seed = order + by["order_seed"]
        data.dataset_seed += by.get("dataset_seed", 0) + by.get(BOTH, 0)
        return replace(experiment, run=run, data=data, accuracy=copy(experiment.accuracy))


def repeats_of(table: Any, written: Written) -> Repeats:
    """What the plan says. Raises NnlabError: all that is wrong with it."""
    if not isinstance(table, Mapping) or not table:
        raise written.mistake("must say how many of a seed", SECTION, hint="such as [repeat] with model_seed = 5")
    mistakes: list[NnlabError] = []
    for key, count in table.items():
        if key not in (*SEEDS, BOTH):
            hint = advice(str(key), [*SEEDS, BOTH])
            mistakes.append(written.mistake("is no seed", SECTION, str(key), hint=hint))
        elif isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
            what = f"must be a whole number from 1 to {MOST}, got {count!r}"
            mistakes.append(written.mistake(what, SECTION, key, hint=f"such as {key} = 5"))
    if BOTH in table and (twice := [key for key in ("model_seed", "dataset_seed") if key in table]):
        hint = "leave one of them out"
        mistakes.append(written.mistake(f"is counted by {BOTH} already", SECTION, twice[0], hint=hint))
    if mistakes:
        raise as_one(mistakes)
    return Repeats(dict(table))
