"""Runs that differ in their seeds alone, folded into one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.printing import printable
from nnlab.tracking.judged import section
from nnlab.tracking.names import exp_id
from nnlab.tracking.run import Run
from nnlab.tracking.several.differences import SEEDS, Seeds, alike_but_for_seeds, differences, seeds_of


@dataclass(frozen=True)
class Group:
    """One experiment, and its repetitions with other seeds.

    Options:  label: what tells it from the others.  runs: in the order in which they were named.
              repeated: runs that have the seeds of another one of the group, and so are the same training once more.
    """

    label: str
    runs: tuple[Run, ...]
    repeated: tuple[Run, ...] = ()

    @property
    def by_seeds(self) -> dict[Seeds, Run]:
        """The runs by their seeds."""
        return {seeds_of(run.config): run for run in self.runs}


def groups_of(runs: Sequence[Run]) -> list[Group]:
    """The experiments of these runs, in the order of their first ones.

    Raises:  DataError: when a configuration is damaged.
    """
    left = list(runs)
    every: list[list[Run]] = []
    while left:
        own = [run for run in left if run is left[0] or alike_but_for_seeds(left[0].config, run.config)]
        every.append(own)
        left = [run for run in left if run not in own]
    labels = labels_of(every)
    return [_group(label, own) for label, own in zip(labels, every, strict=True)]


def _group(label: str, runs: Sequence[Run]) -> Group:
    """With one run of each pair of seeds: the last that was named which has an end, else the last."""
    by_seeds: dict[Seeds, Run] = {}
    repeated = []
    for run in runs:
        seeds = seeds_of(run.config)
        before = by_seeds.get(seeds)
        if before is not None:
            goes = run if run.summary is None and before.summary is not None else before
            repeated.append(goes)
            run = before if goes is run else run
        by_seeds[seeds] = run
    return Group(label, tuple(by_seeds.values()), tuple(repeated))


def labels_of(every: Sequence[Sequence[Run]]) -> list[str]:
    """The exp-ids where they tell the groups apart, else the settings that do, else the folders' names."""
    firsts = [own[0] for own in every]
    ids = [printable(str(section(run.config, "run").get("exp_id") or exp_id(run.name) or run.name)) for run in firsts]
    if max(Counter(ids).values()) == 1:
        return ids
    differing = {key: cells for key, cells in differences([run.config for run in firsts]).items() if key not in SEEDS}
    labels = [" ".join(f"{key}={cells[place]}" for key, cells in differing.items()) for place in range(len(firsts))]
    if max(map(len, labels)) <= 48 and max(Counter(labels).values()) == 1:
        return labels
    return [printable(run.name) for run in firsts]
