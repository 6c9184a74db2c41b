"""Tar shards as datasets: what they say, and each thing that can be wrong with them."""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.core.pictures import Itself
from nnlab.core.truth import Boxes, Label, Mask, Points, Values
from nnlab.core.truths import labels_of
from nnlab.data.find import find, reader_of
from nnlab.data.options import DataOptions
from nnlab.data.pictures import pictures
from nnlab.data.pipeline import load
from nnlab.data.readers.any_pictures import AnyPictures
from nnlab.data.readers.base import recognised
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.readers.tar_shards import TarShards


def picture(number: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((5, 4, 3), 10 * number, np.uint8)).save(file, "PNG")
    return file.getvalue()


def shard(path: Path, *entries: tuple[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def numbered(path: Path, labels: list[str], first: int = 0) -> Path:
    entries: list[tuple[str, bytes]] = []
    for number, label in enumerate(labels, first):
        entries += [(f"{number:04}.png", picture(number)), (f"{number:04}.cls", label.encode())]
    return shard(path, *entries)


def refused(folder: Path) -> str:
    with pytest.raises(DataError) as caught:
        TarShards().find(folder)
    assert caught.value.exit_code == 5
    return str(caught.value).replace(str(folder), "SET")


def test_pictures_classes_and_partitions(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    numbered(folder / "birds-val-0.tar", ["2", "10"], first=4)
    numbered(folder / "birds-train-10.tar", ["10"], first=3)
    numbered(folder / "birds-train-9.tar", ["2", "10\n", "2"])
    (folder / "notes.doc").write_text("")
    assert isinstance(reader_of(folder), TarShards)
    found = find("set", str(tmp_path), ClassFolders())  # as the task of classes asks
    assert (found.names, found.labelled, found.arrays, found.left_out) == (("2", "10"), True, False, ("notes.doc",))
    assert found.partitions == {"training": "birds-train-9.tar to birds-train-10.tar", "dev": "birds-val-0.tar"}
    assert (found.told("training"), found.told("dev")) == (found.partitions["training"], "birds-val-0.tar")
    assert [sample.source for sample in found.samples] == [
        "birds-train-9.tar/0000.png", "birds-train-9.tar/0001.png", "birds-train-9.tar/0002.png",
        "birds-train-10.tar/0003.png", "birds-val-0.tar/0004.png", "birds-val-0.tar/0005.png",
    ]  # fmt: skip
    assert labels_of([sample.truth for sample in found.samples]).tolist() == [0, 1, 0, 1, 0, 1]
    data = load(DataOptions(dataset="set", datasets_path=str(tmp_path), resize=(4, 5), disk_cache=False))
    assert data.sizes == {"training": 4, "dev": 2, "test": 0}
    assert [int(data.training.pixels(place)[0, 0, 0]) for place in range(4)] == [0, 10, 20, 30]


@pytest.mark.parametrize(
    ("beside", "names"),
    [
        ({"cls": b"cat"}, ("cat", "dog")),
        ({"json": json.dumps({"caption": "x", "label": "cat"}).encode()}, ("cat", "dog")),
        ({"json": b'{"class": 7}'}, ("7", "dog")),
        ({"json": b'"cat"', "txt": b"a cat on a mat"}, ("cat", "dog")),
        ({"json": b'{"caption": "x"}', "txt": b"\xef\xbb\xbfcat\n"}, ("cat", "dog")),
        ({"txt": b"cat", "cls": b"bird"}, ("bird", "dog")),
        ({"CLS": b"cat", "seg.png": b"", "json.gz": b""}, ("cat", "dog")),
    ],
)
def test_who_says_the_class(tmp_path: Path, beside: dict[str, bytes], names: tuple[str, ...]) -> None:
    entries = [(f"x/1.{ending}", content) for ending, content in beside.items()]
    shard(tmp_path / "a.tar", ("x/1.jpg", b""), *entries, ("x/2.cls", b"dog"), ("x/2.jpg", b""), ("x/.x.jpg", b""))
    found = TarShards().find(tmp_path)
    assert (found.names, [sample.truth for sample in found.samples]) == (names, [Label(0), Label(1)])
    assert found.left_out == (("a.tar/x/1.json.gz",) if "CLS" in beside else ())


def test_names_of_numbers(tmp_path: Path) -> None:
    numbered(tmp_path / "a.tar", ["2", "0"])
    (tmp_path / "classes.txt").write_text("shirt\nshoe\nbag\n")
    found = TarShards().find(tmp_path)
    assert (found.names, [sample.truth for sample in found.samples]) == (("shirt", "shoe", "bag"), [Label(2), Label(0)])
    (tmp_path / "classes.txt").write_text("shirt\nshoe\n")
    assert refused(tmp_path) == "SET: has the class 2, which has no name; its 2 classes are 0 to 1"


def test_folders_of_partitions_and_one_shard_alone(tmp_path: Path) -> None:
    numbered(tmp_path / "train" / "0.tar", ["a", "b"])
    tar = numbered(tmp_path / "val" / "0.tar", ["b"])
    found = find(tmp_path.name, str(tmp_path.parent))
    assert found.partitions == {"training": "train/0.tar", "dev": "val/0.tar"}
    assert found.samples[2].source == "val/0.tar/0000.png"
    alone = find(tar.name, str(tar.parent))
    assert (len(alone.samples), alone.partitions, alone.samples[0].source) == (1, {}, "0.tar/0000.png")


def test_what_is_no_set_of_shards(tmp_path: Path) -> None:
    """Packed files beside datasets, or beside pictures, or of something else."""
    numbered(tmp_path / "beside" / "a.tar", ["a"])
    (tmp_path / "beside" / "other").mkdir()
    shard(tmp_path / "documents" / "a.tar", ("a.txt", b""))
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "a.tar").write_bytes(b"no tar file")
    numbered(tmp_path / "pictures" / "a.tar", ["a"])
    (tmp_path / "pictures" / "1.png").write_bytes(picture(1))
    for name in ("beside", "documents", "pictures"):
        assert not isinstance(reader_of(tmp_path / name), TarShards), name
    for kind in (Label, Mask, Boxes, Points, Values):  # each of which says what is wrong with it
        reader = recognised(tmp_path / "damaged", kind)
        assert reader is not None
        with pytest.raises(DataError, match=r"a\.tar: truncated"):
            reader.find(tmp_path / "damaged")


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([("1.jpg", b"")], "SET/a.tar/1: has no class; put it beside the picture, as .cls, .json, .txt"),
        ([("1.cls", b"0")], "SET/a.tar/1: has no picture"),
        ([("1.jpg", b""), ("1.png", b""), ("1.cls", b"0")], "SET/a.tar/1: has 2 pictures"),
        ([("1.jpg", b""), ("1.cls", b"")], "SET/a.tar/1: 1.cls says no class; JSON says it as label, cls, class, "),
        ([("1.jpg", b""), ("1.json", b"{")], "SET/a.tar/1: 1.json cannot be read"),
        ([("1.jpg", b""), ("1.json", b"[" * 99_999)], "SET/a.tar/1: 1.json cannot be read (nested too deeply)"),
        ([("1.jpg", b""), ("1.json", b'{"label": [1, 2]}')], "SET/a.tar/1: 1.json says [1, 2], which is no class"),
        ([("1.jpg", b""), ("1.json", b'{"label": 1e400}')], "SET/a.tar/1: 1.json says inf, which is no class"),
        ([("1.jpg", b""), ("1.cls", b"\xff\xfe")], "SET/a.tar/1: 1.cls cannot be read"),
        ([("1.jpg", b""), ("1.cls", b" " * (1 << 20) + b"0")], "SET/a.tar/1: 1.cls is too large to say a class: 1,048"),
        ([("1.jpg", b""), ("1.cls", b"0"), ("1.jpg", b"")], "SET/a.tar: has two members of the name 1.jpg"),
        ([("/1.jpg", b""), ("1.cls", b"0")], "SET/a.tar: its member /1.jpg lies outside of it"),
        ([("a.txt", b"")], "SET/a.tar/a: has no picture"),
        ([], "SET: has no pictures in its tar files"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_shard(tmp_path: Path, entries: list[tuple[str, bytes]], says: str) -> None:
    shard(tmp_path / "a.tar", *entries)
    said = refused(tmp_path)
    assert said.startswith(says) and "\n" not in said


def test_pictures_without_classes(tmp_path: Path) -> None:
    """Left out where that is asked for, and all that is wanted where only pictures are."""
    options = DataOptions(unlabelled="skip")
    shard(tmp_path / "a.tar", ("1.jpg", b""), ("2.jpg", b""), ("2.cls", b"cat"))
    found = TarShards().going_by(options).find(tmp_path)
    assert ([sample.source for sample in found.samples], found.left_out) == (["a.tar/2.jpg"], ("a.tar/1.jpg",))
    both = [tmp_path / "a.tar" / "1.jpg", tmp_path / "a.tar" / "2.jpg"]
    assert [sample.path for sample in TarShards().of_pictures().find(tmp_path).samples] == both
    assert [type(sample.truth) for sample in AnyPictures().find(tmp_path).samples] == [Itself, Itself]
    assert [picture.path for picture in pictures([str(tmp_path)], "")] == both


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    shard(tmp_path / "a.tar", *((f"{number}.jpg", b"") for number in range(9)))
    lines = refused(tmp_path).splitlines()
    assert len(lines) == 6 and lines[-1] == "SET: and 4 more faults, 9 in all"


def test_partitions_that_are_none(tmp_path: Path) -> None:
    numbered(tmp_path / "train-0.tar", ["a", "b"])
    numbered(tmp_path / "more.tar", ["a"])
    assert refused(tmp_path).startswith("SET/more.tar: its name says no partition, and others' do")
    (tmp_path / "more.tar").rename(tmp_path / "test-0.tar")
    (tmp_path / "train-0.tar").rename(tmp_path / "val-0.tar")
    assert refused(tmp_path).startswith("SET: has no shards to learn from")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="has no tar files"):
        TarShards().find(tmp_path / "empty")


def test_hostile_names_are_printed_as_what_they_are(tmp_path: Path) -> None:
    shard(tmp_path / "a.tar", ("\x1b[31mred.jpg", b""))
    assert "\x1b" not in refused(tmp_path)
