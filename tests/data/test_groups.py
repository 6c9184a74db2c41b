from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.core.errors import DataError, UsageError
from nnlab.core.truth import Label, Values
from nnlab.data.groups import grouped, groups_of, is_grouped, torn_groups
from nnlab.data.options import DataOptions
from nnlab.data.source import Sample, Source


def source(*paths: str, partitions: dict[str, str] | None = None, labelled: bool = True) -> Source:
    names = sorted({path.split("/")[-2 if not partitions else 1] for path in paths})
    by_folder = {folder: name for name, folder in (partitions or {}).items()}
    samples = tuple(
        Sample(at, Path(path), path, Label(at % 2) if labelled else Values((1.0,)), by_folder.get(path.split("/")[0]))
        for at, path in enumerate(paths)
    )
    return Source(Path("set"), tuple(names), samples, partitions or {})


def groups(found: Source) -> list[str | None]:
    return [sample.group for sample in found.samples]


def test_the_first_group_of_the_expression_counts_or_else_what_it_matches():
    found = source("cat/anna-1.png", "cat/ben-2.png", "dog/anna-3.png")
    assert groups(grouped(found, "([a-z]+)-[0-9]")) == ["anna", "ben", "anna"]
    assert groups(grouped(found, "anna|ben")) == ["anna", "ben", "anna"]
    assert grouped(found, None) is found


def test_folders_are_those_within_the_classes_of_any_partition():
    found = source("train/cat/p1/0.png", "train/dog/p2/1.png", "test/cat/p2/2.png", "train/cat/3.png",
                   partitions={"training": "train", "test": "test"})  # fmt: skip
    assert groups(grouped(found, "folder")) == ["p1", "p2", "p2", "cat"]
    table = source("left/0.png", "right/1.png", labelled=False)
    assert groups(grouped(table, "folder")) == ["left", "right"]


def test_what_a_pattern_cannot_group_is_one_line():
    found = source("cat/anna-1.png", "cat/2.png", "dog/3.png")
    with pytest.raises(DataError, match=r"cat/2\.png: is of no group: .* \(nor are 1 others\)"):
        grouped(found, "([a-z]+)-")
    with pytest.raises(DataError, match=r"--group-by=png: all 3 samples are one group \(png\)"):
        grouped(found, "png")
    for text in ("(", ""):
        with pytest.raises(UsageError, match=r"--group-by: (is no|must be a) regular expression"):
            DataOptions(group_by=text)


def test_frames_of_a_video_are_one_group_whatever_the_pattern():
    found = source("cat/a.mp4#0", "cat/a.mp4#1", "dog/b.mp4#0")
    frames = tuple(replace(sample, moment=0.0, group=sample.source[:-2]) for sample in found.samples)
    assert groups(grouped(replace(found, samples=frames), r"[^/]+$")) == ["a.mp4", "a.mp4", "b.mp4"]


def test_samples_of_no_group_are_groups_of_their_own():
    found = source("cat/0.png", "cat/1.png", "dog/2.png")
    assert not is_grouped(found.samples)
    one, two, three = found.samples
    mixed = (replace(one, group="g"), two, replace(three, group="g"))
    assert is_grouped(mixed) and groups_of(mixed, [0, 1, 2]) == [[0, 2], [1]]


def test_a_group_that_folders_have_torn_is_named():
    found = grouped(source("train/cat/anna1.png", "train/dog/ben1.png", "test/cat/anna2.png",
                           partitions={"training": "train", "test": "test"}), "anna|ben")  # fmt: skip
    (line,) = torn_groups(found, {"training": [0, 1], "dev": [], "test": [2]})
    assert line.startswith("a group is in several partitions, whose folders say so: anna (training and test)")
    assert not list(torn_groups(found, {"training": [0, 2], "dev": [1], "test": []}))
