"""Boxes in Pascal VOC's XML."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.data.readers.pascal_voc import PascalVoc
from tests.data.readers.boxes import boxes_of, faults, pictures, written


def thing(name: str, x0: object, y0: object, x1: object, y1: object, more: str = "") -> str:
    box = f"<bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox>"
    return f"\n<object><name>{name}</name>{more}{box}</object>"


def annotation(*things: str, head: str = "<size><width>40</width><height>30</height></size>") -> str:
    return f"<annotation>{head}{''.join(things)}\n</annotation>"


def test_boxes_of_files_in_their_folder_parts_left_alone(tmp_path: Path) -> None:
    pictures(tmp_path, "JPEGImages/a.jpg", "JPEGImages/b.jpg")
    part = "<part><name>head</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>1</xmax><ymax>1</ymax></bndbox></part>"
    written(tmp_path / "Annotations/a.xml", annotation(thing("cat", 1, 2, 11, 12, part), thing("dog", 3, 4, 5, 6)))
    written(tmp_path / "Annotations/b.xml", annotation())
    assert PascalVoc().recognises(tmp_path)
    source = PascalVoc().find(tmp_path)
    assert boxes_of(source) == {
        "JPEGImages/a.jpg": [("cat", [1, 2, 11, 12]), ("dog", [3, 4, 5, 6])], "JPEGImages/b.jpg": [],
    }  # fmt: skip


def test_files_beside_their_pictures_and_in_partitions(tmp_path: Path) -> None:
    pictures(tmp_path, "train/a.png", "test/b.png")
    for name in ("train/a", "test/b"):
        written(tmp_path / f"{name}.xml", annotation(thing("cat", 1, 2, 11, 12)))
    assert PascalVoc().recognises(tmp_path)
    source = PascalVoc().find(tmp_path)
    assert [sample.partition for sample in source.samples] == ["test", "training"]
    assert source.left_out == ()


def test_a_file_may_name_its_picture(tmp_path: Path) -> None:
    pictures(tmp_path, "images/a.png")
    head = "<filename>a.png</filename>"
    written(tmp_path / "annotations/0001.xml", annotation(thing("cat", 1, 2, 11, 12), head=head))
    assert boxes_of(PascalVoc().find(tmp_path)) == {"images/a.png": [("cat", [1, 2, 11, 12])]}


def test_boxes_of_a_picture_that_was_made_smaller_since_are_refused(tmp_path: Path) -> None:
    """They would be elsewhere in it, and fit all the same."""
    pictures(tmp_path, "images/a.png", "images/b.png", "images/c.png", size=(20, 15))
    written(tmp_path / "annotations/a.xml", annotation(thing("cat", 1, 2, 11, 12)))
    unknown = "<size><width>0</width><height>0</height></size>"
    written(tmp_path / "annotations/b.xml", annotation(thing("cat", 1, 2, 11, 12), head=unknown))
    written(tmp_path / "annotations/c.xml", annotation())
    with pytest.raises(DataError) as caught:
        PascalVoc().find(tmp_path)
    assert faults(caught, tmp_path) == [
        "annotations/a.xml:1: is of a picture of 40x30 pixels, and there it has 20x15; scale its boxes; "
        "if they are right, correct the size"
    ]


def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path) -> None:
    pictures(tmp_path, "images/a.png", "images/b.png")
    things = (
        thing("cat", 9, 9, 1, 1),
        thing("cat", "", 0, 1, 1),
        thing("", 0, 0, 1, 1),
        "\n<object><name>cat</name></object>",
    )
    written(tmp_path / "annotations/a.xml", annotation(*things))
    written(tmp_path / "annotations/b.xml", "<annotation>\n<object>\n</annotation>")
    written(tmp_path / "annotations/c.xml", annotation())
    with pytest.raises(DataError) as caught:
        PascalVoc().find(tmp_path)
    assert faults(caught, tmp_path) == [
        "annotations/a.xml:2: box (9, 9, 1, 1) is reversed: x0, y0 have to be less than x1, y1; "
        "mend it, or leave such out: --bad-boxes=skip",
        "annotations/a.xml:3: object 2: xmin is missing or empty",
        "annotations/a.xml:4: object 3 has no name",
        "annotations/a.xml:5: object 4 has no bndbox",
        "annotations/b.xml:3: is no XML (mismatched tag)",
        f"{tmp_path}: and 1 more fault, 6 in all",
    ]


HOSTILE = {
    "entities": '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><annotation>&y;</annotation>',
    "outside": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>',
    "deep": "<annotation>" + "<a>" * 1000 + "</a>" * 1000 + "</annotation>",
    "cut": "<annotation><object>",
    "empty": "",
    "encoding": '<?xml version="1.0" encoding="no-such"?><annotation/>',
    "binary": "\0\1\2",
    "huge": annotation(thing("cat", "9" * 5000, 0, 1, 1)),
    "infinite": annotation(thing("cat", 0, 0, "1e999", 1)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_one_line(tmp_path: Path, name: str) -> None:
    pictures(tmp_path, "images/a.png")
    written(tmp_path / "annotations/a.xml", HOSTILE[name])
    with pytest.raises(DataError) as caught:
        PascalVoc().find(tmp_path)
    (line,) = faults(caught, tmp_path)
    assert line.startswith("annotations/a.xml:") and len(line) < 300 and "\n" not in line


def test_other_xml_is_of_something_else(tmp_path: Path) -> None:
    written(tmp_path / "annotations/a.xml", "<metadata/>")
    assert not PascalVoc().recognises(tmp_path)
