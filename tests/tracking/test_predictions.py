import json
import math

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.errors import RunError
from nnlab.core.truth import NOTHING, VOID, Boxes, Label, Mask, Points, Truth, Values
from nnlab.core.truths import Labels, Rows
from nnlab.testing.batches import labelled
from nnlab.tracking.files import plain
from nnlab.tracking.predictions import PredictionsWriter, in_words, told

SCORES = np.array([[0.75, 0.25, 0.0], [0.25, 0.5, 0.25], [math.nan, 0.5, 0.5]], np.float32)
LOSSES = np.array([0.25, 1.5])


def batch(truths, *sources):
    return Batch(np.zeros((len(sources), 2), np.float32), {}, truths, sources)


def rows_in(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def writer(tmp_path):
    return PredictionsWriter(tmp_path / "predictions.jsonl", ["a", "b", "c"])


def test_every_label_has_a_row_with_its_file_and_how_sure_it_is(writer):
    both = batch(Labels(np.array([0, 2])), "a/1.png", "c/1.png")
    writer.answered("dev", both, Labels(np.array([0, 1]), SCORES[:2]), LOSSES)
    writer.answered("test", batch((Label(1),), "b/1.png"), Labels(np.array([-1]), SCORES[2:]), np.array([math.inf]))
    writer.close({"dev", "test"})
    assert rows_in(writer.path) == [
        {"partition": "dev", "source": "a/1.png", "actual": "a", "predicted": "a", "loss": 0.25, "confidence": 0.75,
         "probabilities": [0.75, 0.25, 0.0]},
        {"partition": "dev", "source": "c/1.png", "actual": "c", "predicted": "b", "loss": 1.5, "confidence": 0.5,
         "probabilities": [0.25, 0.5, 0.25]},
        {"partition": "test", "source": "b/1.png", "actual": "b", "predicted": None, "loss": None, "confidence": None,
         "probabilities": [None, 0.5, 0.5]},
    ]  # fmt: skip


def test_labels_of_which_no_scores_are_known_have_no_confidence(writer):
    writer.answered("dev", batch(Labels(np.array([0])), "a.png"), (Label(2),), LOSSES[1:])
    writer.close({"dev", "test"})
    assert rows_in(writer.path) == [
        {"partition": "dev", "source": "a.png", "actual": "a", "predicted": "c", "loss": 1.5}
    ]


def test_numbers_have_their_names_and_what_is_none_is_null(tmp_path):
    writer = PredictionsWriter(tmp_path / "predictions.jsonl", ["angle", "größe"])
    answers = Rows(np.array([[11.5, math.nan], [math.inf, 0.25]], np.float32))
    writer.answered("dev", batch(Rows(np.array([[12.5, 3.0], [0.1, -4.0]])), "1.png", "2.png"), answers, LOSSES)
    writer.close({"dev", "test"})
    assert rows_in(writer.path) == [
        {"partition": "dev", "source": "1.png", "actual": {"angle": 12.5, "größe": 3.0},
         "predicted": {"angle": 11.5, "größe": None}, "loss": 0.25},
        {"partition": "dev", "source": "2.png", "actual": {"angle": 0.1, "größe": -4.0},
         "predicted": {"angle": None, "größe": 0.25}, "loss": 1.5},
    ]  # fmt: skip


def test_the_file_is_not_there_before_it_is_whole(writer, tmp_path):
    writer.answered("dev", batch(Labels(np.array([0])), "a.png"), Labels(np.array([0])), LOSSES[:1])
    assert not writer.path.exists()
    writer.close({"dev", "test"})
    assert list(tmp_path.iterdir()) == [writer.path]


def test_a_run_that_answered_nothing_leaves_an_empty_file(writer, tmp_path):
    writer.close({"dev", "test"})
    assert list(tmp_path.iterdir()) == [writer.path]
    assert writer.path.read_text() == ""


class Full:
    """A file on a disk that takes no more."""

    def __init__(self, file):
        self._file = file

    def write(self, data):
        self._file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("batches", [0, 1])
def test_a_disk_that_is_full_amid_the_rows_leaves_nothing(writer, tmp_path, batches):
    rows = "dev", batch(Labels(np.array([0])), "a.png"), Labels(np.array([0])), LOSSES[:1]
    writer.answered(*rows)
    for _ in range(batches):
        writer.answered(*rows)
    draft, file = writer._draft
    writer._draft = draft, Full(file)
    with pytest.raises(RunError, match=r"predictions\.jsonl.*no space left on device"):
        writer.answered(*rows)
    assert list(tmp_path.iterdir()) == []
    writer.close(
        {"dev", "test"}
    )  # the run ends as it does after any other error, and no file says that nothing was answered
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_at_the_end_leaves_nothing(writer, tmp_path, full_disk):
    writer.answered("dev", batch(Labels(np.array([0])), "a.png"), Labels(np.array([0])), LOSSES[:1])
    full_disk()
    with pytest.raises(RunError, match="no space left on device"):
        writer.close({"dev", "test"})
    assert list(tmp_path.iterdir()) == []


def test_rows_that_are_let_go_of_leave_nothing(writer, tmp_path):
    writer.answered("dev", batch(Labels(np.array([0])), "a.png"), Labels(np.array([0])), LOSSES[:1])
    writer.discard()
    assert list(tmp_path.iterdir()) == []
    writer.close({"dev", "test"})
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_amid_a_batch_leaves_those_before_it(writer, tmp_path):
    class Interrupts(Labels):
        def __iter__(self):
            raise KeyboardInterrupt

    rows = batch(Labels(np.array([0])), "a.png")
    writer.answered("dev", rows, Labels(np.array([0])), LOSSES[:1])
    with pytest.raises(KeyboardInterrupt):
        writer.answered("dev", rows, Interrupts(np.array([0])), LOSSES[:1])
    writer.close({"dev", "test"})
    assert list(tmp_path.iterdir()) == [writer.path]
    assert [row["source"] for row in rows_in(writer.path)] == ["a.png"]


def test_answers_of_another_number_than_the_truths_are_refused(writer):
    with pytest.raises(ValueError, match="zip"):
        writer.answered("dev", batch(Labels(np.array([0, 1])), "a.png", "b.png"), Labels(np.array([0])), LOSSES[:1])


@pytest.mark.parametrize(
    ("truth", "names", "wanted", "words"),
    [
        (Label(1), ["cat", "dog"], "dog", "dog"),
        (Label(-1), ["cat", "dog"], None, "none"),
        (Values((12.5, 1e6)), ["angle", "count"], {"angle": 12.5, "count": 1e6}, "angle 12.5, count 1e+06"),
        (NOTHING, [], {}, ""),
    ],
)
def test_a_truth_as_json_and_in_words(truth, names, wanted, words):
    assert told(truth, names) == wanted
    assert in_words(told(truth, names)) == words


def test_truths_of_places_as_json():
    names = ["sky", "car"]
    assert told(Mask(np.array([[0, 0, 1], [VOID, VOID, 1]], np.uint8)), names) == {"sky": 2, "car": 2}
    (box,) = told(Boxes(np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([1])), names)
    assert (box["label"], box["box"].tolist()) == ("car", [1.0, 2.0, 3.0, 4.0])
    points = told(Points(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([True, False])), names)
    assert (points["sky"].tolist(), points["car"]) == ([1.0, 2.0], None)


def test_a_truth_of_an_unknown_kind_is_named():
    class Depth(Truth):
        def moved(self, placement):
            return self

    with pytest.raises(TypeError, match="Depth"):
        told(Depth(), [])


def test_of_a_partition_that_was_left_half_way_nothing_is_told(tmp_path):
    writer = PredictionsWriter(tmp_path / "predictions.jsonl", ("a", "b"))
    batch = labelled(np.zeros((2, 1)), np.eye(2), ["0.png", "1.png"])
    for partition in ("dev", "test"):
        writer.answered(partition, batch, Labels(np.array([0, 1])), LOSSES)
    writer.close({"dev"})
    rows = [json.loads(line) for line in (tmp_path / "predictions.jsonl").read_text().splitlines()]
    assert [row["partition"] for row in rows] == ["dev", "dev"]


def test_places_are_said_by_their_numbers_and_things_are_counted():
    boxes, points = Boxes(np.zeros((1, 4)), np.array([1])), Points(np.array([[8.0, 4.25]]), np.array([True]))
    assert in_words(plain(told(boxes, ["cat", "dog"]))) == "1 thing"
    assert in_words(plain(told(Boxes(np.zeros((0, 4)), np.zeros(0, int)), []))) == "0 things"
    assert in_words(plain(told(points, ["nose"]))) == "nose (8, 4.25)"


@pytest.mark.parametrize("value", [[None, None], [None, 0.5], ["a", 1], [{}, None]])
def test_numbers_that_were_not_finite_are_no_things_with_scores(value):
    assert in_words(value) == in_words({"x": value})[2:] == "2 things"


def test_scores_of_boxes_and_points_are_told_beside_them() -> None:
    corners, sure = np.array([[0.0, 1.0, 2.0, 3.5]]), np.array([0.75])
    boxes = plain(told(Boxes(corners, np.array([1]), sure), ["a", "b"]))
    assert boxes == [{"label": "b", "box": [0.0, 1.0, 2.0, 3.5], "score": 0.75}]
    points = plain(told(Points(corners[:, :2], np.array([True]), sure), ["a"]))
    assert points == {"a": {"place": [0.0, 1.0], "score": 0.75}}
    assert (in_words(boxes), in_words(points)) == ("b 75%", "a (0, 1) 75%")
    assert in_words(4 * boxes) == "4 things"
    assert in_words(plain(told(Boxes(corners, np.array([1]), np.array([math.nan])), ["a", "b"]))) == "b"


def test_places_that_are_arrays_still_read_as_places():
    points = Points(np.array([[23.571, 223.41], [1.0, 2.0]]), np.array([True, False]))
    assert in_words(told(points, ["snout", "tail"])) == "snout (23.57, 223.4), tail none"
