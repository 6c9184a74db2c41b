"""`[prune]`: successive halving: all trials for some epochs, the better part of them for more, and so on. Of a search
that waits each batch by itself."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import NnlabError, as_one
from nnlab.core.registry import advice
from nnlab.labs.sweep.written import Written

SECTION = "prune"
OPTIONS = ("epochs", "eta")
ETA, RUNGS = 3, 3
"""By default: a third goes on; so many rungs, the last of which is the whole training."""


@dataclass(frozen=True)
class Halving:
    """Which trials go on.

    Options:  rungs: epochs after which trials are held against each other, rising; the last is the whole training.
              eta: of `n` trials n / eta go on, rounded up, for about eta times the epochs.
    Source:   Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016.
    """

    rungs: tuple[int, ...]
    eta: int

    def survivors(self, standings: Sequence[tuple[float, ...] | None]) -> list[int]:
        """The places of those that go on, in the order of the plan; of equals the first, of those that failed none.

        Options:  standings: of every trial of a rung, the greater the better; None: it failed.
        """
        known = [(standing, -place) for place, standing in enumerate(standings) if standing is not None]
        ranked = [-place for _, place in sorted(known, reverse=True)]
        return sorted(ranked[: math.ceil(len(standings) / self.eta)])

    def counts(self, trials: int) -> list[int]:
        """How many are in each rung, where none fails."""
        found = [trials]
        for _ in self.rungs[1:]:
            found.append(math.ceil(found[-1] / self.eta))
        return found

    def whole(self, counts: Sequence[int]) -> float:
        """How many whole trainings that is, by epochs. Options:  counts: of trials in each rung."""
        steps = [epochs - before for before, epochs in zip((0, *self.rungs), self.rungs, strict=False)]
        shares = [count * step for count, step in zip(counts, steps, strict=True)]
        return sum(shares) / self.rungs[-1]


def halving_of(table: Any, epochs: int, written: Written) -> Halving:
    """What the plan says. Options:  epochs: of a whole training. Raises NnlabError: all that is wrong with it."""
    if not isinstance(table, Mapping):
        raise written.mistake("must be a table", SECTION, hint="such as [prune] with epochs = 2 and eta = 3")
    mistakes: list[NnlabError] = [
        written.mistake("has no such option", SECTION, str(key), hint=advice(str(key), list(OPTIONS)))
        for key in table
        if key not in OPTIONS
    ]
    eta = _whole(table, "eta", ETA, 2, mistakes, written)
    first = _whole(table, "epochs", max(1, epochs // eta ** (RUNGS - 1)), 1, mistakes, written)
    if first >= epochs and not mistakes:
        what = f"must be below the {epochs} epochs of a whole training, got {first}"
        mistakes.append(written.mistake(what, SECTION, "epochs" if "epochs" in table else ""))
    if mistakes:
        raise as_one(mistakes)
    rungs = [first]
    while rungs[-1] * eta < epochs:
        rungs.append(rungs[-1] * eta)
    return Halving((*rungs, epochs), eta)


def _whole(
    table: Mapping[str, Any], key: str, default: int, least: int, mistakes: list[NnlabError], written: Written
) -> int:
    said = table.get(key, default)
    if isinstance(said, bool) or not isinstance(said, int) or said < least:
        mistakes.append(written.mistake(f"must be a whole number of at least {least}, got {said!r}", SECTION, key))
        return default
    return said
