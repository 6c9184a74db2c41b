from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import DataError, UsageError
from nnlab.core.truth import Label, Values
from nnlab.data.folds import parse_fold
from nnlab.data.options import DataOptions
from nnlab.data.source import Sample, Source
from nnlab.data.split import split

SHARES = {"training": 0.7, "dev": 0.15, "test": 0.15}


def source(*sizes: int, group_of: int = 1) -> Source:
    labels = [label for label, size in enumerate(sizes) for _ in range(size)]
    samples = tuple(
        Sample(
            i, Path(f"{i}.png"), f"{label}/{i}.png", Label(label), group=f"{i // group_of}" if group_of > 1 else None
        )
        for i, label in enumerate(labels)
    )
    return Source(Path("set"), tuple(str(label) for label in range(len(sizes))), samples)


@pytest.mark.parametrize("group_of", [1, 3])
def test_folds_are_disjoint_and_complete_and_test_is_what_it_is_without_them(group_of):
    found = source(40, 31, 22, group_of=group_of)
    plain = split(found, SHARES, seed=2)
    every = [split(found, SHARES, 2, (which, 5)) for which in range(1, 6)]
    assert all(members["test"] == plain["test"] for members in every)
    held = [place for members in every for place in members["dev"]]
    assert sorted(held) == sorted(plain["training"] + plain["dev"])
    for members in every:
        assert sorted(at for places in members.values() for at in places) == list(range(93))
    assert every[0] != split(found, SHARES, 3, (1, 5))


def test_a_class_s_folds_differ_by_one_sample_at_most():
    found = source(40, 31, 22)
    counts = np.array(
        [np.bincount([found.samples[at].truth.index for at in split(found, SHARES, 0, (which, 4))["dev"]], minlength=3)
         for which in range(1, 5)]
    )  # fmt: skip
    assert np.ptp(counts, axis=0).max() <= 1 and np.ptp(counts.sum(axis=1)) <= 1


@pytest.mark.parametrize("fold", [None, (2, 3)])
def test_a_group_is_never_on_both_sides(fold):
    found = source(40, 31, 22, group_of=4)
    members = split(found, SHARES, 0, fold)
    homes: dict[str | None, set[str]] = {}
    for name, places in members.items():
        for place in places:
            homes.setdefault(found.samples[place].group, set()).add(name)
    assert all(len(parts) == 1 for parts in homes.values())
    assert all(members.values())


def test_folders_of_training_and_dev_are_dealt_together_and_test_s_is_left():
    found = source(10, 10)
    names = ["training"] * 6 + ["dev"] * 2 + ["test"] * 2
    samples = tuple(replace(s, partition=names[s.number % 10]) for s in found.samples)
    found = replace(found, samples=samples, partitions={"training": "train", "dev": "val", "test": "test"})
    every = [split(found, SHARES, 0, (which, 4)) for which in (1, 2, 3, 4)]
    assert all(members["test"] == [8, 9, 18, 19] for members in every)
    assert sorted(place for members in every for place in members["dev"]) == [*range(8), *range(10, 18)]


def test_numbers_are_dealt_to_folds_as_well():
    samples = tuple(Sample(i, Path(f"{i}.png"), f"{i}.png", Values((float(i),))) for i in range(20))
    found = Source(Path("set"), ("angle",), samples)
    sizes = [len(split(found, SHARES, 0, (which, 4))["dev"]) for which in (1, 2, 3, 4)]
    assert max(sizes) - min(sizes) <= 1 and sum(sizes) == 17


def test_too_few_are_refused():
    with pytest.raises(DataError, match="has 5 groups besides test, which are too few for 6 folds; use --folds=5"):
        split(source(10, 10, group_of=4), {"training": 0.8, "dev": 0.2, "test": 0.0}, 0, (1, 6))
    with pytest.raises(DataError, match="class with one group"):
        split(source(12, 4, group_of=4), SHARES, 0)
    with pytest.raises(DataError, match="has 2 groups, and 3 partitions"):
        split(replace(source(6, 6, group_of=3), samples=tuple(
            replace(s, group=str(s.number % 2)) for s in source(6, 6).samples)), SHARES, 0)  # fmt: skip


def test_which_fold_is_written_in_one_way():
    assert parse_fold(" 2/5 ") == (2, 5)
    assert DataOptions(fold="02/5").fold == "2/5" and DataOptions(fold="2/5").held_out == (2, 5)
    for text in ("2", "0/5", "6/5", "1/1", "a/b", "1/1001"):
        with pytest.raises(UsageError, match="--fold: must be"):
            DataOptions(fold=text)
