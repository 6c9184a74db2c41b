"""Boxes in a table."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.data.find import found_in
from nnlab.data.options import DataOptions
from nnlab.data.readers.boxes_csv import BoxesCsv
from tests.data.readers.boxes import boxes_of, faults, pictures, written

HEAD = "file,class,x0,y0,x1,y1\n"


def test_boxes_of_each_picture_and_of_one_that_shows_nothing(tmp_path: Path) -> None:
    pictures(tmp_path, "images/a.png", "images/b.png", "images/c10.png")
    written(
        tmp_path / "boxes.csv",
        HEAD + "a.png,dog,1,2,11,12\na.png,cat,0,0,40,30\nb.png,,,,,\nimages/c10.png,cat,5,5,6.5,7\n",
    )
    reader = BoxesCsv()
    assert reader.recognises(tmp_path)
    source = reader.find(tmp_path)
    assert source.names == ("cat", "dog")
    assert boxes_of(source) == {
        "images/a.png": [("dog", [1, 2, 11, 12]), ("cat", [0, 0, 40, 30])],
        "images/b.png": [],
        "images/c10.png": [("cat", [5, 5, 6.5, 7])],
    }
    assert source.samples[0].truth.size.tolist() == [40, 30]  # type: ignore[attr-defined]


def test_everything_that_is_wrong_is_said_with_its_line_and_counted(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png")
    lines = [
        "a.png,cat,9,9,1,1", "a.png,cat,5,5,5,9", "a.png,cat,30,20,45,25", "a.png,cat,nan,0,1,1", "a.png,cat,1,2,3",
        "a.png,,1,2,3,4", "c.png,cat,1,2,3,4", "a.png,cat,x,0,1,1", "../a.png,cat,0,0,1,1",
    ]  # fmt: skip
    written(tmp_path / "boxes.csv", HEAD + "\n".join(lines) + "\n")
    with pytest.raises(DataError) as caught:
        BoxesCsv().find(tmp_path)
    said = faults(caught, tmp_path)
    assert said[:5] == [
        "boxes.csv:2: box (9, 9, 1, 1) is reversed: x0, y0 have to be less than x1, y1; "
        "mend it, or leave such out: --bad-boxes=skip",
        "boxes.csv:3: box (5, 5, 5, 9) is empty; mend it, or leave such out: --bad-boxes=skip",
        "boxes.csv:4: box (30, 20, 45, 25) is outside the picture of 40x30 pixels; "
        "mend it, or leave such out: --bad-boxes=skip",
        "boxes.csv:5: x0 is nan, which is no finite number; mend it, or leave such out: --bad-boxes=skip",
        "boxes.csv:6: has 5 columns instead of 6",
    ]
    assert said[5:] == ["boxes.csv: and 5 more faults, 10 in all"]


def test_bad_boxes_and_pictures_without_any_are_left_out_where_that_is_asked_for(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png")
    written(tmp_path / "boxes.csv", HEAD + "a.png,cat,9,9,1,1\na.png,dog,1,1,9,9\n")
    source = found_in(tmp_path, BoxesCsv(), DataOptions(bad_boxes="skip", unlabelled="empty", resize=(8, 8)))
    assert boxes_of(source) == {"a.png": [("dog", [1, 1, 9, 9])], "b.png": []}
    assert source.names == ("cat", "dog")
    notes = " ".join(source.notes)
    assert "1 bad box is left out" in notes and "boxes.csv:2" in notes and "b.png" in notes


def test_a_box_that_rounding_lets_out_is_cut_off(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    written(tmp_path / "boxes.csv", HEAD + "a.png,cat,-0.5,0,40.9,30\n")
    assert boxes_of(BoxesCsv().find(tmp_path)) == {"a.png": [("cat", [0, 0, 40, 30])]}


def test_classes_that_are_named_beside_it_keep_their_order_and_are_all_there_are(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    written(tmp_path / "classes.txt", "dog\ncat\n")
    written(tmp_path / "boxes.csv", HEAD + "a.png,cat,0,0,1,1\na.png,cow,0,0,1,1\n")
    with pytest.raises(DataError, match="class cow is none of the 2 \\(dog, cat\\)") as caught:
        BoxesCsv().find(tmp_path)
    assert faults(caught, tmp_path)[0].startswith("boxes.csv:3: ")


@pytest.mark.parametrize("text", ["", "a.png,cat,0,0,1,1\n", "file;class;x0;y0;x1;y1\n"])
def test_a_table_that_is_none_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    pictures(tmp_path, "a.png")
    written(tmp_path / "boxes.csv", text)
    with pytest.raises(DataError, match="the first line has to be file,class,x0,y0,x1,y1") as caught:
        BoxesCsv().find(tmp_path)
    assert len(faults(caught, tmp_path)) == 1
