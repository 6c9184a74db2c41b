"""Dealing whole groups out: to partitions by their shares, or evenly to folds, each class as evenly as groups allow."""

from collections.abc import Sequence

import numpy as np

from nnlab.core.rng import Rng
from nnlab.core.types import Array

PASSES = 20
"""How often all groups are asked whether elsewhere they would fit better, at most; three are usual."""


def deal_groups(table: Array, shares: Sequence[float], rng: Rng) -> Array:
    """Which part each group goes to, so that every part has its share of each class, and of all samples.

    minimise  sum over classes c and parts p of (x[c, p] - share[p])^2     x[c, p]: the share of class c that is in p

    The greatest groups go first, each to where it makes that sum least, those alike in an order of chance; then groups
    move while that makes it less. The total of samples counts as one more class. A part that has a share is not left
    empty while another has two groups.

    Shapes:  table: (groups, classes) samples;  result: (groups,)
    Source:  the greedy rule is that of scikit-learn's StratifiedGroupKFold, for shares that may differ.
    """
    sizes = np.column_stack([table, table.sum(axis=1)]).astype(float)
    parts = sizes / np.maximum(sizes.sum(axis=0), 1)  # the share of each class that a group is
    wanted = np.asarray(shares, float)
    lacking = -np.outer(np.ones(parts.shape[1]), wanted)  # x - share
    closed = np.where(wanted > 0, 0.0, np.inf)  # a part without a share takes none
    homes = np.full(len(parts), -1)
    weight = np.square(parts).sum(axis=1)
    shuffled = rng.generator().permutation(len(parts))
    for group in shuffled[np.argsort(-weight[shuffled], kind="stable")]:
        homes[group] = np.argmin(_costs(parts[group], lacking) + closed)
        lacking[:, homes[group]] += parts[group]
    _improve(homes, parts, lacking, closed)
    _fill(homes, parts, lacking, wanted)
    return homes


def deal_in_order(sizes: Sequence[int], shares: Sequence[float]) -> Array:
    """Which part each group goes to, where they go in their order: the first to the first part.

    A group goes to the part in whose share its middle lies; a part that has a share is not left empty while another
    before it, or behind it, has two groups.

    Options:  sizes: of the groups.
    Shapes:   result: (groups,)
    """
    ends = np.cumsum(sizes, dtype=float)
    middles = (ends - np.asarray(sizes) / 2) / ends[-1]
    homes = np.searchsorted(np.cumsum(shares)[:-1], middles, side="right")
    used = np.flatnonzero(np.asarray(shares) > 0).tolist()
    for place, part in enumerate(used):  # at least one each: the first groups to the first parts, the last to the last
        homes[place] = min(homes[place], part)
    for place, part in enumerate(reversed(used), start=1):
        homes[-place] = max(homes[-place], part)
    found: Array = homes
    return found


def _costs(part: Array, lacking: Array) -> Array:
    """f (x - s) for each part: what a group would add, halved, and but for f f, which is the same everywhere."""
    costs: Array = (part[:, None] * lacking).sum(axis=0)
    return costs


def _improve(homes: Array, parts: Array, lacking: Array, closed: Array) -> None:
    """Moves groups while the sum of squares falls: by 2 f (x_q - s_q) - 2 f (x_p - s_p) + 2 f f for f from p to q."""
    for _ in range(PASSES):
        moved = False
        for group, part in enumerate(parts):
            here = homes[group]
            costs = _costs(part, lacking)
            change = costs - costs[here] + np.square(part).sum() + closed
            change[here] = 0
            there = int(np.argmin(change))
            if change[there] < -1e-12:  # less than that is rounding, and might go to and fro
                lacking[:, here] -= part
                lacking[:, there] += part
                homes[group], moved = there, True
        if not moved:
            return


def _fill(homes: Array, parts: Array, lacking: Array, wanted: Array) -> None:
    """Gives each empty part that has a share the group whose leaving costs least."""
    for empty in np.flatnonzero(wanted > 0):
        counts = np.bincount(homes, minlength=len(wanted))
        spare = np.flatnonzero(counts[homes] > 1)
        if counts[empty] or not len(spare):
            continue
        moved = np.array([_costs(parts[g], lacking) for g in spare])
        costs = moved[:, empty] - moved[np.arange(len(spare)), homes[spare]] + np.square(parts[spare]).sum(axis=1)
        group = spare[int(np.argmin(costs))]
        lacking[:, homes[group]] -= parts[group]
        lacking[:, empty] += parts[group]
        homes[group] = empty


def deal_evenly(sizes: Sequence[int], folds: int, rng: Rng, names: Sequence[str]) -> list[Array]:
    """Which fold each sample of each class goes to: a class's folds differ by one sample at most, and so do all.

    A class's samples are dealt in an order of chance, one to each fold in turn, from where the class before ended.

    Options:  names: of the classes, which chance goes by.
    Shapes:   result: for each class (samples,)
    """
    first, dealt = 0, []
    for size, name in zip(sizes, names, strict=True):
        order = rng.at(name).generator().permutation(size)
        homes = np.empty(size, int)
        homes[order] = (first + np.arange(size)) % folds
        dealt.append(homes)
        first += size
    return dealt
