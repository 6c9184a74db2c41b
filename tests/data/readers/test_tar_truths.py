"""Masks, boxes, points and numbers in tar shards: what they say, and each thing that can be wrong with them."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.core.truth import Boxes, Points, Values
from nnlab.data.find import found_in
from nnlab.data.options import DataOptions
from nnlab.data.pictures import pictures
from nnlab.data.readers.base import READERS, recognised
from nnlab.data.readers.boxes_csv import BoxesCsv
from nnlab.data.readers.tar_boxes import TarBoxes
from nnlab.data.readers.tar_keypoints import TarKeypoints
from nnlab.data.readers.tar_masks import TarMasks
from nnlab.data.readers.tar_targets import TarTargets
from nnlab.data.source import Source


def png(values: Any = 9, mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    pixels = np.broadcast_to(np.asarray(values, np.uint8), (6, 8) if mode == "L" else (6, 8, 3))
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG")
    return file.getvalue()


def shard(path: Path, members: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, said in members.items():
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def saying(folder: Path, *said: Any, **more: Any) -> Path:
    """A shard of pictures, of each its JSON; None: none.  Options:  more: other members of the first."""
    members: dict[str, Any] = {}
    for number, each in enumerate(said):
        members[f"{number}.png"] = png(number)
        members |= {} if each is None else {f"{number}.json": each}
    shard(folder / "a.tar", members | {f"0.{ending}": content for ending, content in more.items()})
    return folder


def refused(name: str, folder: Path, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        READERS.get(name)(**options).find(folder)
    assert caught.value.exit_code == 5
    return str(caught.value).replace(str(folder), "SET")


def test_boxes_in_both_ways_of_saying_them(tmp_path: Path) -> None:
    saying(
        tmp_path,
        {"boxes": [{"class": "dog", "box": [1, 2, 4.5, 6]}, {"class": "cat", "box": [0, 0, 8, 6]}]},
        {"annotations": [{"category": "dog", "bbox": [1, 2, 3, 4]}, {"bbox": [0, 0, 1, 1], "iscrowd": 1}]},
        {"boxes": []},
    )
    assert isinstance(recognised(tmp_path, Boxes), TarBoxes)
    found = found_in(tmp_path, BoxesCsv(), DataOptions())
    assert found.names == ("cat", "dog") and [one.source for one in found.samples] == [
        "a.tar/0.png",
        "a.tar/1.png",
        "a.tar/2.png",
    ]
    truths = [one.truth for one in found.samples]
    assert all(isinstance(truth, Boxes) for truth in truths)
    assert [(truth.corners.tolist(), truth.labels.tolist()) for truth in truths] == [  # type: ignore[attr-defined]
        ([[1, 2, 4.5, 6], [0, 0, 8, 6]], [1, 0]), ([[1, 2, 4, 6]], [1]), ([], []),
    ]  # fmt: skip


def test_names_of_boxes_numbers_and_partitions(tmp_path: Path) -> None:
    for part in ("train-0", "train-1", "val-0"):
        shard(tmp_path / f"{part}.tar", {"k/1.jpeg": png(), "k/1.json": {"boxes": [{"class": 1, "box": [0, 0, 2, 2]}]}})
    (tmp_path / "classes.txt").write_text("cat\ndog\n")
    found = TarBoxes().find(tmp_path)
    assert found.names == ("cat", "dog") and found.samples[0].truth.labels.tolist() == [1]  # type: ignore[attr-defined]
    assert [one.partition for one in found.samples] == ["training", "training", "dev"]
    assert found.partitions == {"training": "train-0.tar to train-1.tar", "dev": "val-0.tar"}
    assert found.left_out == ()
    (tmp_path / "box_classes.txt").write_text("cat\n")
    assert "class 1 is none of the 1 (cat)" in refused("TarBoxes", tmp_path)
    (tmp_path / "box_classes.txt").unlink()
    alone = TarBoxes().find(tmp_path / "val-0.tar")
    assert [one.source for one in alone.samples] == ["val-0.tar/k/1.jpeg"]


BOX = {"class": "cat", "box": [0, 0, 2, 2]}


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ([{"boxes": [BOX]}, None], "SET/a.tar/1.png: has no boxes in KEY.json; mend it, or leave such pictures out"),
        ([{"boxes": [BOX]}, {"label": "x"}], "SET/a.tar/1.png: has no boxes in KEY.json"),
        ([{"boxes": {"class": "cat"}}], "SET/a.tar/0.json: has to hold a list of boxes"),
        ([{"boxes": ["cat"]}], "SET/a.tar/0.json:boxes[0]: is no box: it has no names"),
        ([{"boxes": [BOX, {"box": [0, 0, 1, 1]}]}], "SET/a.tar/0.json:boxes[1]: names no class"),
        ([{"boxes": [{"class": True, "box": [0, 0, 1, 1]}]}], "SET/a.tar/0.json:boxes[0]: names no class"),
        ([{"boxes": [{"class": "cat", "box": [0, 0, "1", 1]}]}], "SET/a.tar/0.json:boxes[0]: needs box: x0, y0, x1,"),
        ([{"boxes": [{"class": "cat", "box": [0, 0, 10**400, 1]}]}], "SET/a.tar/0.json:boxes[0]: needs box"),
        ([{"boxes": [{"class": "cat", "box": [0, 0, 99, 1]}]}], "box (0, 0, 99, 1) is outside the picture of 8x6"),
        ([{"boxes": [{"class": "cat", "box": [2, 0, 1, 1]}]}], "is reversed"),
        ([{"boxes": [BOX]}, b"{"], "SET/a.tar/1.json: cannot be read"),
        ([{"boxes": [BOX]}, b'{"boxes": NaN}'], "SET/a.tar/1.json: cannot be read (NaN is no number)"),
        ([{"boxes": [BOX]}, b"[" * 99_999], "SET/a.tar/1.json: cannot be read (nested too deeply)"),
        ([{"boxes": [BOX]}, b"\xff\xfe"], "SET/a.tar/1.json: cannot be read"),
        ([{"boxes": [BOX]}, b" " * (1 << 20) + b"{}"], "SET/a.tar/1.json: too large: 1,048,578 bytes"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_boxes(tmp_path: Path, said: list[Any], line: str) -> None:
    told = refused("TarBoxes", saying(tmp_path, *said))
    assert line in told and "\n" not in told and told.startswith("SET/a.tar/")


def test_bad_boxes_and_pictures_without_any_are_left_out_where_that_is_said(tmp_path: Path) -> None:
    saying(tmp_path, {"boxes": [BOX, {"class": "cat", "box": [0, 0, 99, 1]}]}, None)
    options = DataOptions(bad_boxes="skip", unlabelled="empty")
    found = found_in(tmp_path, BoxesCsv(), options)
    assert [len(one.truth.labels) for one in found.samples] == [1, 0]  # type: ignore[attr-defined]
    assert "1 bad box is left out" in found.notes[0] and "1 picture has no boxes in KEY.json" in found.notes[1]


def test_masks_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    values = np.zeros((6, 8), np.uint8)
    values[2:] = 2
    good, other = png(values, "L"), png(np.full((6, 8), 7), "L")
    shard(tmp_path / "a.tar", {"1.jpg": png(), "1.seg.png": good, "2.jpg": png(), "2.mask.png": good, "2.cls": b"0"})
    found = TarMasks().find(tmp_path)
    assert found.names == ("0", "1", "2") and found.left_out == ()
    (tmp_path / "mask_classes.txt").write_text("sky\nsea\nland\n")
    assert TarMasks().find(tmp_path).names == ("sky", "sea", "land")
    shard(tmp_path / "a.tar", {"1.jpg": png(), "1.mask.png": other})
    assert refused("TarMasks", tmp_path) == "SET/a.tar/1.mask.png: has the value 7, and classes are 0 to 2"
    shard(tmp_path / "a.tar", {"1.jpg": png(), "1.mask.png": good, "1.seg.png": good})
    assert refused("TarMasks", tmp_path).startswith("SET/a.tar/1.mask.png: is one of several masks: a.tar/1.mask.png,")
    shard(tmp_path / "a.tar", {"1.jpg": png(), "1.mask.png": good, "2.jpg": png()})
    assert refused("TarMasks", tmp_path).startswith("SET/a.tar/2.jpg: has no mask: KEY.mask.png; mend it")
    shard(tmp_path / "a.tar", {"1.jpg": png(), "1.mask.png": good, "2.mask.png": good})
    assert refused("TarMasks", tmp_path) == "SET/a.tar/2: has no picture"
    shard(tmp_path / "a.tar", {"1.jpg": png(), "1.mask.png": b"no picture"})
    assert refused("TarMasks", tmp_path).startswith("SET/a.tar/1.mask.png: ")


def test_options_of_masks_reach_those_in_shards(tmp_path: Path) -> None:
    shard(tmp_path / "a.tar", {"1.jpg": png(), "1.mask.png": png(np.arange(6)[:, None], "L")})
    found = found_in(tmp_path, READERS.get("Masks")(void=5), DataOptions())
    assert found.names == ("0", "1", "2", "3", "4")


def points(found: Source) -> list[Points]:
    return [one.truth for one in found.samples if isinstance(one.truth, Points)]


def test_points(tmp_path: Path) -> None:
    saying(
        tmp_path,
        {"points": {"nose": [1.5, 2], "tail": None}},
        {"keypoints": {"tail": [3, 4, 2], "nose": [0, 0, 0]}},
        {"points": {}},
    )
    found = TarKeypoints(swap=("nose:tail",)).find(tmp_path)
    assert found.names == ("nose", "tail")
    assert [one.seen.tolist() for one in points(found)] == [[True, False], [False, True], [False, False]]
    assert points(found)[0].places[0].tolist() == [1.5, 2] and points(found)[1].places[1].tolist() == [3, 4]
    assert points(found)[0].partners is not None


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"points": [1, 2]}, "SET/a.tar/1.json: has to hold points by their names"),
        ({"points": {"nose": [1]}}, "SET/a.tar/1.json: nose has to be x, y, and perhaps 0, 1 or 2"),
        ({"points": {"nose": [1, 2, 3]}}, "SET/a.tar/1.json: nose has to be x, y"),
        ({"points": {"nose": [1, "2"]}}, "SET/a.tar/1.json: nose has to be x, y"),
        ({"points": {"nose": [9, 2]}}, "SET/a.tar/1.json: nose is at 9, 2, outside of its picture of 8 x 6 pixels"),
        ({"points": {"ear": None}}, "SET: ear can be seen in no picture"),
        ({"label": 1}, "SET/a.tar/1.png: has no points in KEY.json"),
    ],
)
def test_what_is_wrong_with_points(tmp_path: Path, said: Any, line: str) -> None:
    told = refused("TarKeypoints", saying(tmp_path, {"points": {"nose": [1, 2]}}, said))
    assert told.startswith(line) and "\n" not in told


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"targets": 3}, "SET/a.tar/1.json: targets have to be numbers by their names"),
        ({"targets": {"angle": 1}}, "SET/a.tar/1.json: has other targets than the first picture: size"),
        ({"targets": {"angle": 1, "size": "2"}}, "SET/a.tar/1.json: size is '2', which is no finite number"),
        ({"targets": {"angle": True, "size": 2}}, "SET/a.tar/1.json: angle is True, which is no finite number"),
        ({"targets": {"angle": 1, "size": 3}}, "SET: angle is 1 in every picture: there is nothing to learn"),
    ],
)
def test_what_is_wrong_with_numbers(tmp_path: Path, said: Any, line: str) -> None:
    told = refused("TarTargets", saying(tmp_path, {"targets": {"angle": 1, "size": 2}}, said))
    assert told == line


def test_numbers(tmp_path: Path) -> None:
    saying(tmp_path, {"targets": {"angle": -1.5, "size": 2}}, {"targets": {"size": 1, "angle": 4}})
    found = TarTargets().find(tmp_path)
    assert (found.names, [one.truth for one in found.samples]) == (
        ("angle", "size"), [Values((-1.5, 2.0)), Values((4.0, 1.0))],
    )  # fmt: skip


def test_what_is_asked_of_shards_is_what_they_say(tmp_path: Path) -> None:
    """A folder is recognised by the truths that are there; its pictures are found whatever is said of them."""
    saying(tmp_path, {"points": {"nose": [1, 2]}})
    kinds = [type(reader).__name__ for cls in READERS if (reader := cls()).recognises(tmp_path)]
    assert kinds == ["TarKeypoints"]
    assert [one.source for one in pictures([str(tmp_path)], "")] == [str(tmp_path / "a.tar" / "0.png")]
    with pytest.raises(DataError, match="points in tar shards: choose a task that learns those"):
        found_in(tmp_path, READERS.get("ClassFolders")())


def test_hostile_names_are_printed_as_what_they_are(tmp_path: Path) -> None:
    shard(tmp_path / "a.tar", {"\x1b[31m.png": png(), "\x1b[31m.json": {"points": {"\x1b[32m": [99, 1]}}})
    assert "\x1b" not in refused("TarKeypoints", tmp_path)
