from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnlab.core.errors import DataError, UsageError
from nnlab.core.truth import Label, Values
from nnlab.data.options import DataOptions
from nnlab.data.source import Sample, Source
from nnlab.data.split import deal, split

SHARES = {"training": 0.7, "dev": 0.15, "test": 0.15}


def source(*sizes: int) -> Source:
    labels = [label for label, size in enumerate(sizes) for _ in range(size)]
    samples = tuple(Sample(i, Path(f"{i}.png"), f"{label}/{i}.png", Label(label)) for i, label in enumerate(labels))
    return Source(Path("set"), tuple(str(label) for label in range(len(sizes))), samples)


def test_847_images_of_ten_classes_are_593_127_127() -> None:
    members = split(source(*[85] * 7, *[84] * 3), SHARES, seed=0)
    assert {name: len(part) for name, part in members.items()} == {"training": 593, "dev": 127, "test": 127}


def test_every_sample_is_in_one_partition_and_in_order() -> None:
    members = split(source(30, 41, 9), SHARES, seed=3)
    assert sorted(place for part in members.values() for place in part) == list(range(80))
    assert all(part == sorted(part) for part in members.values())


def test_the_split_is_this_one() -> None:
    """The same on every machine: figures of runs elsewhere can be compared."""
    members = split(source(10, 10), SHARES, seed=0)
    assert members["dev"] == split(source(10, 10), SHARES, seed=0)["dev"]
    assert members["dev"] != split(source(10, 10), SHARES, seed=1)["dev"]
    assert members == {"training": members["training"], "dev": [1, 6, 12], "test": [7, 13, 15]}


def test_a_class_is_split_the_same_whatever_other_classes_there_are() -> None:
    one = split(source(20, 20), SHARES, seed=0)
    other = split(source(20, 20, 20), SHARES, seed=0)
    assert [place for place in other["dev"] if place < 20] == [place for place in one["dev"] if place < 20]


@given(
    st.lists(st.integers(2, 60), min_size=1, max_size=12),
    st.sampled_from([(0.7, 0.15, 0.15), (0.5, 0.25, 0.25), (0.8, 0.2, 0.0), (1.0, 0.0, 0.0), (0.34, 0.33, 0.33)]),
)
@example([2] * 12, (0.34, 0.33, 0.33))  # twelve classes to be learnt from, and a training share of eight samples
@example([23, 11, 14, 29, 24, 21, 14, 30], (0.6, 0.2, 0.2))  # off by 1.2
def test_counts_are_near_the_shares(sizes: list[int], shares: tuple[float, ...]) -> None:
    counts, exact = deal(sizes, shares), np.outer(sizes, shares)
    np.testing.assert_array_equal(counts.sum(axis=1), sizes)
    # 2: one of rounding, and one more where a class was left with partitions that are full for it
    assert np.abs(counts - exact).max() < 2
    too_small = int((exact[:, 0] < 1).sum())  # classes that may have been given their one sample of training
    assert np.abs(counts.sum(axis=0) - exact.sum(axis=0)).max() < 1 + too_small
    assert (counts >= 0).all() and (counts[:, 0] > 0).all()
    assert (counts[:, np.asarray(shares) == 0] == 0).all()


def test_a_class_with_one_image_is_named() -> None:
    with pytest.raises(DataError, match="set/1: class with one image"):
        split(source(10, 1), SHARES, seed=0)
    assert split(source(10, 1), {"training": 1.0, "dev": 0.0, "test": 0.0}, seed=0)["dev"] == []


def test_an_empty_partition_is_named() -> None:
    with pytest.raises(DataError, match=r"the (dev|test) partition ends empty: 0\.15 of 4 samples"):
        split(source(2, 2), {"training": 0.7, "dev": 0.15, "test": 0.15}, seed=0)


def partitioned(**sizes: int) -> Source:
    """Two classes in turns; so many samples in each partition's folder."""
    parts = [part for part, size in sizes.items() for _ in range(size)]
    samples = tuple(Sample(i, Path(f"{i}.png"), f"{part}/{i}.png", Label(i % 2), part) for i, part in enumerate(parts))
    return Source(Path("set"), ("a", "b"), samples, {part: part for part in sizes})


def test_what_lies_in_a_partitions_folder_stays_in_it() -> None:
    members = split(partitioned(training=6, dev=2, test=4), SHARES, seed=0)
    assert members == {"training": [0, 1, 2, 3, 4, 5], "dev": [6, 7], "test": [8, 9, 10, 11]}
    without_dev = split(partitioned(training=6, test=4), {"training": 1.0, "dev": 0.0, "test": 0.0}, seed=0)
    assert without_dev == {"training": [0, 1, 2, 3, 4, 5], "dev": [], "test": [6, 7, 8, 9]}


def test_dev_without_a_folder_is_dealt_from_training_by_the_ratio_of_the_two_shares() -> None:
    found = partitioned(training=34, test=10)
    members = split(found, SHARES, seed=0)
    assert len(members["dev"]) == 6  # 34 x 0.15 / 0.85
    assert sorted(members["training"] + members["dev"]) == list(range(34))
    assert members["test"] == list(range(34, 44))
    assert members["dev"] != split(found, SHARES, seed=1)["dev"]


def test_without_a_folder_for_test_there_is_no_test() -> None:
    members = split(partitioned(training=8, dev=4), SHARES, seed=0)
    assert members == {"training": [*range(8)], "dev": [8, 9, 10, 11], "test": []}


def test_a_lone_folder_of_training_is_dealt_to_all_three() -> None:
    members = split(partitioned(training=20), SHARES, seed=0)
    assert {name: len(part) for name, part in members.items()} == {"training": 14, "dev": 3, "test": 3}


def test_a_partition_of_which_nothing_is_left_is_named() -> None:
    found = partitioned(training=8, dev=2, test=2)
    few = replace(found, samples=found.samples[:10])
    with pytest.raises(DataError, match="set/test: no image is left of the test partition"):
        split(few, SHARES, seed=0)


def in_order(members: dict[str, list[int]]) -> bool:
    """Whether every sample of training is before every one of dev, and these before those of test."""
    whole = [*members["training"], *members["dev"], *members["test"]]
    return whole == sorted(whole)


NUMBERS = Values((1.0,))


def frames(*videos: int) -> Source:
    """Samples of no class: so many of each video, in the order of their times; a 0 is a picture by itself."""
    rows = [(video, at) for video, count in enumerate(videos) for at in range(max(count, 1))]
    samples = tuple(
        Sample(number, Path(f"{video}_{at}"), f"{video}_{at}", NUMBERS, group=f"v{video}" if videos[video] else None)
        for number, (video, at) in enumerate(rows)
    )
    return Source(Path("set"), ("a",), samples)


def test_in_order_the_last_samples_are_test_whatever_the_seed() -> None:
    found = frames(*[0] * 93)
    members = split(found, {"training": 0.8, "dev": 0.0, "test": 0.2}, 0, way="order")
    assert members["training"] == list(range(74)) and members["test"] == list(range(74, 93))
    assert split(found, SHARES, 0, way="order") == split(found, SHARES, 5, way="order")
    assert in_order(split(found, SHARES, 0, way="order")) and not in_order(split(found, SHARES, 0))


def test_in_order_each_class_has_its_shares() -> None:
    members = split(source(20, 40), SHARES, 0, way="order")
    assert members["training"] == [*range(14), *range(20, 48)]
    assert members["test"] == [17, 18, 19, *range(54, 60)]


def test_in_order_groups_stay_whole_and_no_partition_is_empty() -> None:
    found = frames(10, 10, 10, 10, 10, 10, 10, 10, 10, 10)
    members = split(found, SHARES, 0, way="order")
    assert in_order(members) and {name: len(part) for name, part in members.items()} == {
        "training": 70, "dev": 10, "test": 20}  # fmt: skip
    uneven = split(frames(100, 1, 1), SHARES, 0, way="order")
    assert (uneven["training"], uneven["dev"], uneven["test"]) == (list(range(100)), [100], [101])


def test_in_time_every_video_is_parted_its_last_frames_are_test() -> None:
    members = split(frames(20, 40), SHARES, 0, way="time")
    assert members["training"] == [*range(14), *range(20, 48)]
    assert members["test"] == [17, 18, 19, *range(54, 60)]
    one = split(frames(20), SHARES, 0, way="time")  # by chance a single video cannot be split
    assert in_order(one) and len(one["test"]) == 3
    with pytest.raises(DataError, match="1 group"):
        split(frames(20), SHARES, 0)


def test_in_time_without_groups_it_is_the_order_of_the_set() -> None:
    found = frames(*[0] * 20)
    assert split(found, SHARES, 0, way="time") == split(found, SHARES, 0, way="order")


def test_folders_of_partitions_win_over_the_order() -> None:
    found = partitioned(training=8, test=4)
    members = split(found, {"training": 0.75, "dev": 0.25, "test": 0.0}, 0, way="order")
    assert members == {"training": [0, 1, 2, 3, 4, 5], "dev": [6, 7], "test": [8, 9, 10, 11]}


def test_folds_are_not_dealt_in_order() -> None:
    with pytest.raises(UsageError, match="folds are dealt by chance"):
        DataOptions(split="order", fold="1/5")
