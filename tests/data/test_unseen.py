import pytest

from nnlab.core.errors import DataError, UsageError
from nnlab.core.truth import Label, Values
from nnlab.data.source import Sample, Source
from nnlab.data.split import split

SHARES = {"training": 0.7, "dev": 0.15, "test": 0.15}


def source(tmp_path, each=8, classes=5, partitions=None):
    parts = partitions or [None]
    samples = [
        Sample(
            number=number, path=tmp_path / f"{number}.png", source=f"{number}.png", truth=Label(number % classes),
            partition=parts[(number // classes) % len(parts)],
        )
        for number in range(each * classes)
    ]  # fmt: skip
    found = {part: part for part in parts if part}
    return Source(tmp_path, tuple("abcde"[:classes]), tuple(samples), partitions=found)


def classes_of(found, places):
    return {found.names[found.samples[at].truth.index] for at in places}


def test_dev_and_test_are_of_the_classes_held_out_alone(tmp_path):
    found = source(tmp_path)
    members = split(found, SHARES, 0, unseen=("d", "e"))
    assert {name: len(part) for name, part in members.items()} == {"training": 24, "dev": 8, "test": 8}
    assert classes_of(found, members["training"]) == {"a", "b", "c"}
    assert classes_of(found, members["dev"]) == classes_of(found, members["test"]) == {"d", "e"}
    assert split(found, SHARES, 0, unseen=("d", "e")) == members != split(found, SHARES, 1, unseen=("d", "e"))


def test_a_share_of_nothing_gives_the_other_all(tmp_path):
    members = split(source(tmp_path), SHARES | {"dev": 0.3, "test": 0.0}, 0, unseen=("d", "e"))
    assert (len(members["dev"]), len(members["test"])) == (16, 0)
    members = split(source(tmp_path), SHARES | {"dev": 0.0, "test": 0.3}, 0, unseen=("d", "e"))
    assert (len(members["dev"]), len(members["test"])) == (0, 16)
    with pytest.raises(UsageError, match="neither dev nor test has a share"):
        split(source(tmp_path), {"training": 1.0, "dev": 0.0, "test": 0.0}, 0, unseen=("d", "e"))


def test_folders_of_partitions_keep_what_is_held_out_and_leave_others_out(tmp_path):
    found = source(tmp_path, partitions=["training", "test"])
    members = split(found, SHARES, 0, unseen=("d", "e"))
    tested = [at for at in members["test"] if found.samples[at].partition == "test"]
    assert len(tested) == 8 and classes_of(found, members["test"]) == {"d", "e"}
    assert all(found.samples[at].partition == "training" for at in members["training"])


@pytest.mark.parametrize(
    ("names", "said"),
    [(("f",), "no such class"), (("d",), "holds out 1 of 5 classes"), (("a", "b", "c", "d"), "holds out 4 of 5")],
)
def test_what_cannot_be_held_out_is_refused(names, said, tmp_path):
    with pytest.raises(UsageError, match=said):
        split(source(tmp_path), SHARES, 0, unseen=names)


def test_a_set_without_classes_has_none_to_hold_out(tmp_path):
    samples = (Sample(number=0, path=tmp_path / "0.png", source="0.png", truth=Values((1.0,))),)
    with pytest.raises(DataError, match="no classes to hold out"):
        split(Source(tmp_path, ("angle",), samples), SHARES, 0, unseen=("d",))
