"""Boxes in COCO's JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from nnlab.core.errors import DataError
from nnlab.data.readers.coco_json import CocoJson
from tests.data.readers.boxes import boxes_of, faults, pictures, written


def coco(*boxes: dict[str, Any], files: tuple[str, ...] = ("a.png", "b.png")) -> str:
    images = [{"id": number, "file_name": name, "width": 40, "height": 30} for number, name in enumerate(files, 1)]
    categories = [{"id": 7, "name": "dog"}, {"id": 3, "name": "cat"}]
    return json.dumps({"images": images, "annotations": boxes, "categories": categories})


def box(image: Any, category: Any, *sides: Any, **more: Any) -> dict[str, Any]:
    return {"id": 1, "image_id": image, "category_id": category, "bbox": list(sides)} | more


def test_boxes_by_the_numbers_of_pictures_and_classes(tmp_path: Path) -> None:
    pictures(tmp_path, "val2017/a.png", "val2017/b.png")
    said = coco(box(1, 7, 1, 2, 10, 10), box(1, 3, 0, 0, 40, 30, iscrowd=1))
    written(tmp_path / "annotations/instances_val2017.json", said)
    written(tmp_path / "annotations/captions_val2017.json", "{}")
    assert CocoJson().recognises(tmp_path)
    source = CocoJson().find(tmp_path)
    assert source.names == ("cat", "dog")
    assert boxes_of(source) == {"val2017/a.png": [("dog", [1, 2, 11, 12])], "val2017/b.png": []}


def test_a_file_in_each_partition(tmp_path: Path) -> None:
    for part in ("train", "valid"):
        pictures(tmp_path, f"{part}/a.png", f"{part}/b.png")
        written(tmp_path / part / "_annotations.coco.json", coco(box(2, 3, 1, 2, 3, 4)))
    assert CocoJson().recognises(tmp_path)
    source = CocoJson().find(tmp_path)
    assert {sample.partition for sample in source.samples} == {"training", "dev"} and len(source.samples) == 4
    assert source.left_out == ()


def test_boxes_of_a_picture_that_was_made_smaller_since_are_refused(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png", size=(20, 15))
    written(tmp_path / "annotations.json", coco(box(1, 7, 1, 2, 10, 10)))
    with pytest.raises(DataError) as caught:
        CocoJson().find(tmp_path)
    (line,) = faults(caught, tmp_path)
    assert line.startswith("annotations.json:image 1: is of a picture of 40x30 pixels, and there it has 20x15")


def test_what_is_wrong_is_said_with_its_place(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png")
    wrong = [
        box(9, 7, 0, 0, 1, 1),
        box(1, 8, 0, 0, 1, 1),
        box(1, 7, 0, 0, 1),
        box(1, 7, 5, 5, -2, 3),
        box(1, 7, 39, 0, 9, 9),
    ]
    written(tmp_path / "annotations.json", coco(*wrong))
    with pytest.raises(DataError) as caught:
        CocoJson().find(tmp_path)
    hint = "; mend it, or leave such out: --bad-boxes=skip"
    assert faults(caught, tmp_path) == [
        "annotations.json:annotations[0]: is of no picture: there is no image of id 9",
        "annotations.json:annotations[1]: is of no class: there is no category of id 8",
        "annotations.json:annotations[2]: bbox has to be four numbers: x, y, width, height",
        f"annotations.json:annotations[3]: box (5, 5, 3, 8) is reversed: x0, y0 have to be less than x1, y1{hint}",
        f"annotations.json:annotations[4]: box (39, 0, 48, 9) is outside the picture of 40x30 pixels{hint}",
    ]


HOSTILE = {
    "no JSON": "{",
    "a list": "[]",
    "deep": "[" * 100_000,
    "huge": coco(box(1, 7, 0, 0, 1, 1)).replace('"bbox": [0', '"bbox": [' + "9" * 5000),
    "large": coco(box(1, 7, 0, 0, 1, 1)).replace('"bbox": [0', '"bbox": [1e400'),
    "not a number": coco(box(1, 7, 0, 0, 1, 1)).replace('"bbox": [0', '"bbox": [NaN'),
    "no picture": coco(files=("a.png", "../../etc/passwd")),
    "no strings": coco().replace('"a.png"', "5"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_one_line_each(tmp_path: Path, name: str) -> None:
    pictures(tmp_path, "a.png")
    written(tmp_path / "annotations.json", HOSTILE[name])
    with pytest.raises(DataError) as caught:
        CocoJson().find(tmp_path)
    assert all(len(line) < 300 and "\n" not in line for line in faults(caught, tmp_path))
