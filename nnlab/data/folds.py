"""Folds: training and dev dealt anew, so that in turn each part of them is held out; test stays what it is."""

import re
from collections.abc import Sequence

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.data.dealing import deal_evenly, deal_groups
from nnlab.data.groups import groups_of, is_grouped
from nnlab.data.source import Source

MOST = 1000
"""Folds at most."""

Fold = tuple[int, int]
"""Which fold is held out, counted from 1, and of how many."""


def parse_fold(text: str) -> Fold:
    """The fold that a text such as `2/5` means. Raises ValueError: in words for a user."""
    match = re.fullmatch(r"\s*([0-9]{1,6})\s*/\s*([0-9]{1,6})\s*", text)
    if match is None:
        raise ValueError(f"must be which fold and of how many, such as 2/5, got {text!r}")
    which, folds = int(match[1]), int(match[2])
    if not 2 <= folds <= MOST:
        raise ValueError(f"must be of 2 to {MOST:,} folds, got {folds}")
    if not 1 <= which <= folds:
        raise ValueError(f"must be fold 1 to {folds}, got {which}")
    return which, folds


def held_out(
    found: Source, pool: Sequence[int], strata: Sequence[tuple[str, list[int]]], fold: Fold, seed: int
) -> tuple[list[int], list[int]]:
    """The places that are learnt from, and those that are held out, of the pool; each is held out by one fold.

    Options:  strata: the names of what samples are dealt evenly by, and their places.
    Raises:   DataError: when there are more folds than samples, or than groups.
    """
    which, folds = fold
    rng, inside = Rng(seed).at("folds", folds), set(pool)
    alike = [(name, [place for place in places if place in inside]) for name, places in strata]
    groups = groups_of(found.samples, sorted(inside))
    if len(groups) < folds:
        what = "groups" if is_grouped(found.samples) else "samples"
        raise DataError(
            f"has {len(groups)} {what} besides test, which are too few for {folds} folds",
            where=printable(found.folder),
            hint=f"use --folds={len(groups)} at most" if len(groups) > 1 else "add more",
        )
    homes: dict[int, int] = {}
    if is_grouped(found.samples):
        table = group_table(groups, [places for _, places in alike])
        for group, home in zip(groups, deal_groups(table, [1 / folds] * folds, rng), strict=True):
            homes.update(dict.fromkeys(group, int(home)))
    else:
        dealt = deal_evenly([len(places) for _, places in alike], folds, rng, [name for name, _ in alike])
        for (_, places), own in zip(alike, dealt, strict=True):
            homes.update(zip(places, own.tolist(), strict=True))
    held = sorted(place for place, home in homes.items() if home == which - 1)
    return sorted(inside - set(held)), held


def group_table(groups: Sequence[Sequence[int]], strata: Sequence[Sequence[int]]) -> Array:
    """How many samples of each stratum a group has.  Shapes:  result: (groups, strata)"""
    of_place = {place: column for column, places in enumerate(strata) for place in places}
    table = np.zeros((len(groups), len(strata)), int)
    for row, group in enumerate(groups):
        for place in group:
            table[row, of_place[place]] += 1
    return table
