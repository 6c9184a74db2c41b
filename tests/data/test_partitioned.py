from pathlib import Path

from nnlab.core.truth import Label
from nnlab.data.options import DataOptions
from nnlab.data.partitioned import division, missing_classes
from nnlab.data.source import Sample, Source
from nnlab.data.split import split

OTHER = {"training": 0.5, "dev": 0.5, "test": 0.0}


def source(**folders: str) -> Source:
    """A class for each letter: its samples in the folder of a partition."""
    names = {"train": "training", "val": "dev", "test": "test"}
    places = [(folder, label) for folder, labels in folders.items() for label in labels]
    samples = tuple(
        Sample(i, Path(f"{i}.png"), f"{folder}/{label}/{i}.png", Label("abcdefghi".index(label)), names[folder])
        for i, (folder, label) in enumerate(places)
    )
    return Source(Path("set"), tuple(sorted(set(folders["train"]))), samples, {names[f]: f for f in folders})


def said(found: Source, **options: object) -> str | None:
    chosen = DataOptions(**options)  # type: ignore[arg-type]
    return division(found, split(found, chosen.partitions, 0), chosen)


def test_folders_are_said_to_be_the_partitions() -> None:
    assert said(source(train="aabb", val="ab", test="ab")) == (
        "the partitions are folders: train/ is training, val/ is dev, test/ is test"
    )
    assert said(source(train="aaaaabbbbb", test="ab")) == (
        "the partitions are folders: train/ is training, but for images that are dealt 2 to dev, test/ is test"
    )


def test_partitions_that_were_asked_for_are_said_to_lose() -> None:
    whole = said(source(train="aabb", val="ab", test="ab"), partitions=OTHER)
    assert whole is not None and whole.endswith("; they win over --partitions, which does not count")
    dealt = said(source(train="aabb", test="ab"), partitions=OTHER)
    assert dealt is not None and "dealt 2 to dev" in dealt
    assert dealt.endswith("; they win over --partitions, of which only the ratio of training to dev counts")


def test_nothing_is_said_of_class_folders() -> None:
    samples = tuple(Sample(i, Path(f"{i}.png"), f"{i}.png", Label(i % 2)) for i in range(20))
    found = Source(Path("set"), ("a", "b"), samples)
    assert said(found) is None
    assert list(missing_classes(found, split(found, DataOptions().partitions, 0))) == []


def test_classes_that_a_partition_lacks_are_named() -> None:
    found = source(train="aabbccddeeffgghhii", val="abcdefghi", test="ab")
    lines = list(missing_classes(found, split(found, DataOptions().partitions, 0)))
    assert lines == ["test/ has no images of c, d, e, f, g and 2 more: its scores do not judge them"]
