"""Points beside pictures: the table, hidden points, and everything that can be wrong with it."""

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import NnlabError, UsageError
from nnlab.core.truth import Points
from nnlab.data.readers.keypoints_csv import KeypointsCsv
from nnlab.data.readers.shared.partners import pairs_of, partners_of


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    for name in "abc":
        Image.new("L", (40, 30)).save(tmp_path / "images" / f"{name}.png")
    return tmp_path


def written(folder, *lines):
    (folder / "keypoints.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return KeypointsCsv().find(folder)


def faults(folder, *lines):
    with pytest.raises(NnlabError) as found:
        written(folder, *lines)
    said = getattr(found.value, "faults", [found.value])
    assert all(error.exit_code == 5 for error in said)
    return [f"{(error.where or '').rpartition('/')[2]}: {error.what}" for error in said]


HEAD = "file,nose_x,nose_y,tail_x,tail_y"


def test_points_by_picture_in_the_order_of_their_names(folder):
    source = written(folder, HEAD, "b.png,3,4,5.5,6", "images/a.png,1,2,,", "c.png,40,30,0,0")
    assert source.names == ("nose", "tail")
    assert [sample.source for sample in source.samples] == ["images/a.png", "images/b.png", "images/c.png"]
    a, b, c = (sample.truth for sample in source.samples)
    assert a.seen.tolist() == [True, False] and a.places[0].tolist() == [1, 2]
    assert b.places.tolist() == [[3, 4], [5.5, 6]] and c.seen.all()  # the edges belong to the picture


@pytest.mark.parametrize("column", ["nose_visible", "nose_v", "nose_visibility", "nose_seen"])
def test_a_column_may_say_what_can_be_seen(folder, column):
    source = written(folder, f"file,nose_x,nose_y,{column}", "a.png,1,2,0", "b.png,1,2,1", "c.png,3,4,2.0")
    assert [bool(sample.truth.seen[0]) for sample in source.samples] == [False, True, True]


@pytest.mark.parametrize("said", ["10", "3", "-1", "nan", "yes"])
def test_what_can_be_seen_is_said_by_three_numbers_alone(folder, said):
    lines = faults(folder, "file,nose_x,nose_y,nose_v", f"a.png,1,2,{said}", "b.png,1,2,1", "c.png,3,4,2")
    assert lines == [f"keypoints.csv:2: whether nose can be seen is {said!r}, which is none of 0, 1 and 2"]


def test_columns_may_stand_in_any_order(folder):
    source = written(folder, "file,tail_y,nose_x,tail_x,nose_y", "a.png,1,2,3,4", "b.png,1,2,3,4", "c.png,1,2,3,4")
    assert source.names == ("tail", "nose")
    assert source.samples[0].truth.places.tolist() == [[3, 1], [2, 4]]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", "keypoints.csv:1: is empty; write file,NAME_x,NAME_y and a line for each picture"),
        ("file", "keypoints.csv:1: names no point after file: write NAME_x,NAME_y"),
        ("name,a_x,a_y", "keypoints.csv:1: has to begin with file, got 'name'"),
        ("file;a_x;a_y", "keypoints.csv:1: columns are parted by semicolons; save it with commas"),
        ("file,a_x", "keypoints.csv:1: point a has no column a_y"),
        ("file,a_x,a_y,b", "keypoints.csv:1: column 'b' is not of a point: write NAME_x, NAME_y, perhaps NAME_visible"),
        ("file,a_x,a_y,a_x", "keypoints.csv:1: names the column a_x twice"),
    ],
)
def test_a_head_that_is_none(folder, head, said):
    assert said in faults(folder, head)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a.png,1,2,3,4", None),
        ("d.png,1,2,3,4", "no such file: d.png"),
        ("../a.png,1,2,3,4", "is no path within the folder: ../a.png"),
        (",1,2,3,4", "names no file"),
        ("a.png,1,2,3", "has 4 columns instead of 5"),
        ("a.png,1,,3,4", "nose_y is empty, and its other half is not"),
        ("a.png,x,2,3,4", "nose_x is 'x', which is no number"),
        ("a.png,1_0,2,3,4", "nose_x is '1_0', which is no number"),
        ("a.png,nan,2,3,4", "nose_x is nan, which is no finite number; leave both cells empty if hidden"),
        ("a.png,1,2,40.5,4", "tail is at 40.5, 4, outside of its picture of 40 x 30 pixels"),
        ("a.png,1,-0.1,3,4", "nose is at 1, -0.1, outside of its picture of 40 x 30 pixels"),
    ],
)
def test_a_line_that_is_wrong_is_said_with_its_number(folder, line, said):
    rest = ["b.png,1,2,3,4", "c.png,1,2,3,4"]
    if said is None:
        assert len(written(folder, HEAD, line, *rest).samples) == 3
        return
    whole = line.startswith("a.png")
    lines = [HEAD, line, *rest] if whole else [HEAD, "a.png,1,2,3,4", line, *rest]
    assert f"keypoints.csv:{2 if whole else 3}: {said}" in faults(folder, *lines)


def test_all_faults_are_said_and_counted(folder):
    said = faults(folder, HEAD, "a.png,x,2,3,4", "b.png,1,2,99,4", "b.png,1,2,3,4", "d.png,1,2,3,4")
    assert said[:4] == [
        "keypoints.csv:2: nose_x is 'x', which is no number",
        "keypoints.csv:3: tail is at 99, 4, outside of its picture of 40 x 30 pixels",
        "keypoints.csv:4: names b.png again, after line 3",
        "keypoints.csv:5: no such file: d.png",
    ]
    assert said[4] == "c.png: has no line in keypoints.csv"
    many = faults(folder, HEAD, *(f"x{number}.png,1,2,3,4" for number in range(9)))
    assert len(many) == 6 and many[-1].endswith("and 7 more faults, 12 in all")


def test_what_can_be_seen_is_a_number(folder):
    head = "file,nose_x,nose_y,nose_v"
    said = faults(folder, head, "a.png,1,2,yes", "b.png,,,1", "c.png,1,2,3")
    assert said == [
        "keypoints.csv:2: whether nose can be seen is 'yes', which is none of 0, 1 and 2",
        "keypoints.csv:3: nose can be seen, and has no place",
        "keypoints.csv:4: whether nose can be seen is '3', which is none of 0, 1 and 2",
    ]


def test_a_point_that_is_never_seen_cannot_be_learnt(folder):
    lines = [f"{name}.png,1,2,," for name in "abc"]
    assert faults(folder, HEAD, *lines) == [
        "keypoints.csv:1: tail can be seen in no picture: there is nothing to learn"
    ]


def test_a_picture_that_is_turned_is_as_large_as_it_is_shown(folder):
    turned = Image.new("RGB", (40, 30))
    exif = turned.getexif()
    exif[0x0112] = 6  # a quarter turn: shown 30 x 40
    turned.save(folder / "images" / "a.jpg", exif=exif)
    (folder / "images" / "a.png").unlink()
    rest = ["b.png,1,2,3,4", "c.png,1,2,3,4"]
    assert len(written(folder, HEAD, "a.jpg,1,39,3,4", *rest).samples) == 3
    assert faults(folder, HEAD, "a.jpg,39,1,3,4", *rest) == [
        "keypoints.csv:2: nose is at 39, 1, outside of its picture of 30 x 40 pixels"
    ]


def test_a_folder_is_recognised_by_its_table(folder):
    assert not KeypointsCsv().recognises(folder)
    written(folder, HEAD, *(f"{name}.png,1,2,3,4" for name in "abc"))
    assert KeypointsCsv().recognises(folder)


def test_left_and_right_change_places_in_a_mirror(folder):
    (folder / "keypoints.csv").write_text(
        "file,left_x,left_y,nose_x,nose_y,right_x,right_y\n" + "".join(f"{n}.png,1,2,3,4,,\n" for n in "ab")
        + "c.png,1,2,3,4,5,6\n"
    )  # fmt: skip
    source = KeypointsCsv(swap=("left:right",)).find(folder)
    truth = source.samples[0].truth
    assert isinstance(truth, Points) and truth.partners.tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("swap", "said"),
    [("left", "must be LEFT:RIGHT"), ("a:a", "must be LEFT:RIGHT"), (":b", "must be LEFT:RIGHT")],
)
def test_a_pair_is_two_names(swap, said):
    with pytest.raises(UsageError, match=said):
        pairs_of([swap])


def test_pairs_name_points_and_none_twice():
    with pytest.raises(UsageError, match="names b twice"):
        pairs_of(["a:b", "b:c"])
    with pytest.raises(UsageError, match=r"has no such point.*did you mean ear_left"):
        partners_of(["ear_lift:b"], ["ear_left", "b"])
    assert partners_of([], ["a"]) is None
    np.testing.assert_array_equal(partners_of(["c:a"], ["a", "b", "c"]), [2, 1, 0])
