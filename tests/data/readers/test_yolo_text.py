"""Boxes in YOLO's text files."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.data.readers.yolo_text import YoloText
from tests.data.readers.boxes import boxes_of, faults, pictures, written


def test_shares_become_pixels_and_numbers_names(tmp_path: Path) -> None:
    pictures(tmp_path, "images/train/a.png", "images/val/b.png")
    written(tmp_path / "labels/train/a.txt", "1 0.5 0.5 0.5 0.2\n\n0 0.25 0.1 0.5 0.2\n")
    written(tmp_path / "labels/val/b.txt", "")
    written(tmp_path / "classes.txt", "cat\ndog\n")
    assert YoloText().recognises(tmp_path)
    source = YoloText().find(tmp_path)
    assert boxes_of(source) == {
        "images/train/a.png": [("dog", [10, 12, 30, 18]), ("cat", [0, 0, 20, 6])], "images/val/b.png": [],
    }  # fmt: skip
    assert [sample.partition for sample in source.samples] == ["training", "dev"]


def test_without_names_the_numbers_are_the_names(tmp_path: Path) -> None:
    pictures(tmp_path, "images/a.png")
    written(tmp_path / "labels/a.txt", "2 0.5 0.5 0.5 0.2\n")
    assert YoloText().find(tmp_path).names == ("0", "1", "2")


def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path) -> None:
    pictures(tmp_path, "images/a.png")
    lines = [
        "5 0.5 0.5 0.1 0.1",
        "0 20 10 5 5",
        "0 0.5 0.5 0 0.1",
        "x 0.5 0.5 0.1 0.1",
        "0 0.1 0.1 0.2 0.1 0.3 0.3 0.2",
    ]
    written(tmp_path / "labels/a.txt", "\n".join(lines))
    written(tmp_path / "labels/lost.txt", "")
    written(tmp_path / "labels/classes.txt", "cat\n")
    with pytest.raises(DataError) as caught:
        YoloText().find(tmp_path)
    assert faults(caught, tmp_path) == [
        "labels/a.txt:1: class 5 is none of the 1 (cat)",
        "labels/a.txt:2: its numbers have to be shares of the picture, 0 to 1, and look like pixels",
        "labels/a.txt:3: box (20, 13.5, 20, 16.5) is empty; mend it, or leave such out: --bad-boxes=skip",
        "labels/a.txt:4: the class is 'x', which is no number",
        "labels/a.txt:5: has 8 numbers instead of 5 (a polygon? Only boxes are read)",
        f"{tmp_path}: and 1 more fault, 6 in all",
    ]


@pytest.mark.parametrize(
    "names, said", [("cat\n\ndog\n", "2: names no class"), ("cat\ndog\ncat\n", "3: names cat again")]
)
def test_names_whose_numbers_would_be_others_are_refused(tmp_path: Path, names: str, said: str) -> None:
    pictures(tmp_path, "images/a.png")
    written(tmp_path / "labels/a.txt", "1 0.5 0.5 0.5 0.5\n")
    written(tmp_path / "classes.txt", names)
    with pytest.raises(DataError) as caught:
        YoloText().find(tmp_path)
    assert faults(caught, tmp_path)[0].startswith(f"classes.txt:{said}")


def test_texts_beside_class_folders_are_of_something_else(tmp_path: Path) -> None:
    pictures(tmp_path, "train/cat/a.png", "train/dog/b.png")
    written(tmp_path / "labels/a.txt", "cat\n")
    assert not YoloText().recognises(tmp_path)
    pictures(tmp_path, "images/a.png")
    assert YoloText().recognises(tmp_path)
