"""Split: every class, or what else samples are alike by, is dealt to training, dev and test by the same shares; samples
of one group together. By chance, or in the order that samples have: then the last ones are test."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Literal

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.data.dealing import deal_groups, deal_in_order
from nnlab.data.folds import Fold, group_table, held_out
from nnlab.data.groups import groups_of, is_grouped
from nnlab.data.source import Source
from nnlab.data.unseen import places_of, shares_apart, sides

Way = Literal["random", "order", "time"]
"""How samples are dealt: by chance, in the order of the set, or in the order that each group has."""

Members = dict[str, list[int]]
"""By the name of a partition: the places of its samples among those that were selected, in their order."""


def split(
    found: Source,
    shares: Mapping[str, float],
    seed: int,
    fold: Fold | None = None,
    *,
    unseen: Sequence[str] = (),
    way: Way = "random",
) -> Members:
    """Deals the samples to the partitions; those that lie in the folder of a partition stay in it.

    A class's samples are put in an order that depends on the seed and on that class's name and size alone, then dealt
    in that order: not by the image library, the machine, or the other classes (but for the rounding of `deal`). Where
    samples are of no class, those of one stratum are dealt so; those of none all together, by what the set's names are.
    Groups go as they are, and the shares are kept as nearly as they allow.

    Options:  fold: what is not test is dealt anew, to folds: that one is dev, the others are training.
              unseen: classes that training does not have; dev and test are of them alone.
              way: by chance; in the order of the set, its last samples being test; or in the order of each group (the
              times of a video's frames), which is parted then.
    Raises:  DataError: when a class has too few samples, or a partition ends empty.  UsageError: as `places_of`.
    """
    if unseen:
        return _unseen_apart(found, shares, seed, places_of(found, unseen), way)
    own = shares_left(found, shares)
    strata = _strata(found, (None, "training"))
    _refuse_single_images(found, strata, own if fold is None else {"training": 0.5, "dev": 0.5})
    members: Members = {
        name: [at for at, sample in enumerate(found.samples) if sample.partition == name != "training"] for name in own
    }
    for name, places in _dealt(found, strata, own, seed, way).items():
        members[name] += places
    if fold is not None:
        pool = members["training"] + members["dev"]
        everywhere = _strata(found, (None, "training", "dev"))
        members["training"], members["dev"] = held_out(found, pool, everywhere, fold, seed)
    refuse_empty(found, members, shares)
    return {name: sorted(part) for name, part in members.items()}


def _unseen_apart(found: Source, shares: Mapping[str, float], seed: int, held: Sequence[int], way: Way) -> Members:
    """All samples of other classes to training; those that are held out to dev and test."""
    training, apart = sides(found, held)
    left = set(apart[""])
    strata = [(name, own) for name, alike in _strata(found, (None, "training")) if (own := sorted(left & set(alike)))]
    own_shares = shares_apart(shares)
    members: Members = {"training": training, "dev": apart["dev"], "test": apart["test"]}
    for name, places in _dealt(found, strata, own_shares, seed, way).items() if strata else ():
        members[name] = sorted(members[name] + places)
    for name, part in members.items():
        if not part and (name == "training" or name in own_shares):
            raise DataError(
                f"the {name} partition ends empty where classes are held out",
                where=printable(found.folder),
                hint="hold out others, or give it no share in --partitions",
            )
    return members


Strata = list[tuple[str, list[int]]]
"""Of each stratum, a name and the places of its samples."""


def _dealt(found: Source, strata: Strata, shares: Mapping[str, float], seed: int, way: Way) -> Members:
    if is_grouped(found.samples) and way != "time":
        return _groups_dealt(found, strata, shares, seed, way)
    if way == "time":
        strata = [(name, group) for name, alike in strata for group in _sequences(found, alike)]
    return _samples_dealt(strata, shares, seed, way)


def _sequences(found: Source, alike: list[int]) -> list[list[int]]:
    """The groups among samples of one stratum; all of them are one where none is in a group."""
    return groups_of(found.samples, alike) if is_grouped([found.samples[at] for at in alike]) else [alike]


def _samples_dealt(strata: Strata, shares: Mapping[str, float], seed: int, way: Way) -> Members:
    """Each stratum's samples, in an order of its own, or in theirs."""
    counts = deal([len(alike) for _, alike in strata], list(shares.values()))
    members: Members = {name: [] for name in shares}
    for (name, alike), row in zip(strata, counts, strict=True):
        chance = Rng(seed).at("split", name).generator()
        order = iter(chance.permutation(len(alike)).tolist() if way == "random" else range(len(alike)))
        for part, count in zip(members.values(), row, strict=True):
            part.extend(alike[next(order)] for _ in range(count))
    return members


def _groups_dealt(found: Source, strata: Strata, shares: Mapping[str, float], seed: int, way: Way) -> Members:
    """Whole groups."""
    groups = groups_of(found.samples, sorted(at for _, alike in strata for at in alike))
    needed = sum(share > 0 for share in shares.values())
    if len(groups) < needed:
        raise DataError(
            f"has {len(groups)} group{'' if len(groups) == 1 else 's'}, and {needed} partitions to deal them to",
            where=printable(found.folder),
            hint="add groups, choose a finer --group-by, or give a partition no share in --partitions",
        )
    if way == "order":
        homes = deal_in_order([len(group) for group in groups], list(shares.values()))
        return _at_home(groups, homes, shares)
    table = group_table(groups, [alike for _, alike in strata])
    homes = deal_groups(table, list(shares.values()), Rng(seed).at("split groups"))
    return _at_home(groups, homes, shares)


def _at_home(groups: Sequence[Sequence[int]], homes: Array, shares: Mapping[str, float]) -> Members:
    return {
        name: [at for group, home in zip(groups, homes, strict=True) if home == place for at in group]
        for place, name in enumerate(shares)
    }


def _strata(found: Source, partitions: Sequence[str | None]) -> Strata:
    """Each stratum of the samples in the folders of these partitions, or in none; classes in their order."""
    named: dict[Hashable, str] = dict(enumerate(found.names)) if found.labelled else {}
    if not found.labelled:
        of_none = ",".join(found.names)
        strata = sorted({sample.truth.stratum for sample in found.samples}, key=str)
        named = {stratum: of_none if stratum is None else str(stratum) for stratum in strata}
    places: dict[Hashable, list[int]] = {stratum: [] for stratum in named}
    for at, sample in enumerate(found.samples):
        if sample.partition in partitions:
            places[sample.truth.stratum].append(at)
    return [(name, places[stratum]) for stratum, name in named.items()]


def shares_left(found: Source, shares: Mapping[str, float]) -> Mapping[str, float]:
    """The shares of what is dealt: of all samples, or of those in the folder of training.

    With folders for partitions, test has what is in its folder, and dev too; without a folder for dev it is dealt
    from training, in the ratio that the two shares have. A lone `train/` is dealt to all three.
    """
    if set(found.partitions) <= {"training"}:
        return shares
    dev = 0.0 if "dev" in found.partitions else shares["dev"] / (shares["training"] + shares["dev"])
    return {"training": 1 - dev, "dev": dev, "test": 0.0}


def refuse_empty(found: Source, members: Members, shares: Mapping[str, float]) -> None:
    """Raises DataError: when a partition that has a share, or a folder, has no samples, or training lacks a class."""
    shares = shares_left(found, shares)
    for name, part in members.items():
        if not part and name in found.partitions:
            raise DataError(
                f"no image is left of the {name} partition",
                where=printable(found.folder / found.partitions[name]),
                hint="add images, or take more with --filter-dataset",
            )
        if not part and shares[name] > 0:
            raise DataError(
                f"the {name} partition ends empty: {shares[name]:g} of {len(found.samples)} samples",
                where=printable(found.folder),
                hint="use more images, a larger share in --partitions, or 0",
            )
    there = {found.samples[at].truth.stratum for at in members["training"]}
    missing = set(range(len(found.names))) - there if found.labelled else set()
    if missing:
        raise DataError(
            "no image of this class is left to learn from",
            where=printable(found.folder / found.names[min(missing)]),
            hint="add images, or remove the folder",
        )


def deal(sizes: Sequence[int], shares: Sequence[float]) -> Array:
    """How many of each class go to each partition: whole numbers, within one of size x share (rarely: within two).

    The partitions' totals come out as the largest-remainder rule has them. Then a class that has no sample in the first
    partition (training) is given one of its own from another, because what is not learnt from cannot be told apart.

    Shapes:  result: (classes, partitions)
    """
    exact = np.outer(sizes, shares)
    counts = np.floor(exact + 1e-9).astype(int)  # 1e-9: 20 x 0.15 is a whole number
    room = _largest_remainder(sum(sizes), shares) - counts.sum(axis=0)
    left = np.asarray(sizes) - counts.sum(axis=1)
    fractions = exact - counts
    for cell in np.argsort(-fractions, axis=None, kind="stable"):
        row, column = divmod(int(cell), len(shares))
        if left[row] > 0 and room[column] > 0 and fractions[row, column] > 0:
            counts[row, column] += 1
            left[row] -= 1
            room[column] -= 1
    for poor in np.flatnonzero(left):  # rare: the greedy order left a class with partitions that are full for it
        while left[poor] > 0:
            free = int(np.argmax(room))
            counts[poor, free] += 1
            left[poor] -= 1
            room[free] -= 1
    for bare in np.flatnonzero((counts[:, 0] == 0) & (np.asarray(sizes) > 0)):
        counts[bare, int(np.argmax(counts[bare]))] -= 1
        counts[bare, 0] = 1
    return counts


def _largest_remainder(total: int, shares: Sequence[float]) -> Array:
    exact = total * np.asarray(shares, dtype=float)
    counts = np.floor(exact + 1e-9).astype(int)
    for column in np.argsort(-(exact - counts), kind="stable")[: total - int(counts.sum())]:
        counts[column] += 1
    return counts


def _refuse_single_images(found: Source, strata: Strata, shares: Mapping[str, float]) -> None:
    if not found.labelled or sum(share > 0 for share in shares.values()) < 2:
        return
    for name, of_class in strata:
        groups = groups_of(found.samples, of_class)
        if len(groups) == 1:
            one = "image" if len(of_class) == 1 else "group" if found.samples[of_class[0]].moment is None else "video"
            raise DataError(
                f"class with one {one}, which cannot be both learnt from and judged by",
                where=printable(found.folder / name),
                hint=f"add {one}s, or remove the folder",
            )
