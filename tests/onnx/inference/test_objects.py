"""Boxes around objects, and classes that are anywhere in a picture."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.core.placement import Placement
from nnlab.core.placements import resized
from nnlab.core.truth import Boxes
from nnlab.core.types import Array
from nnlab.data.images.vips import Vips
from nnlab.experiment.infer_rows import labels_of
from nnlab.onnx.inference.answer import Answer
from nnlab.onnx.inference.forms import Size
from nnlab.onnx.inference.load import read_for_pictures
from nnlab.onnx.inference.objects import objects_in

SQUARE = Size(100, 100, 3, last=False)


def seen(grid: Array, placement: Placement | None = None) -> Answer:
    return objects_in(grid, SQUARE, placement or Placement.unmoved((100, 100)))


def boxes_in(answer: Answer) -> Boxes:
    assert isinstance(answer.truth, Boxes)
    return answer.truth


def test_each_class_counts_by_its_best_place() -> None:
    grid = np.zeros((1, 8, 2, 2), np.float32)
    grid[0, 0] = [[0.9, 0.8], [0.1, 0.9]]  # an object?
    grid[0, 3:5] = -2
    grid[0, 5] = [[0.8, 0.0], [1.0, 0.1]]
    grid[0, 6] = [[0.2, 1.0], [0.0, 0.1]]
    grid[0, 7] = [[0.0, 0.0], [0.0, 0.4]]
    ranking = seen(grid).ranking
    assert [number for number, _ in ranking] == [1, 0, 2]
    wanted = [0.8**0.6, 0.9**0.6 * 0.8**0.4, 0.9**0.6 * 0.4**0.4]
    np.testing.assert_allclose([score for _, score in ranking if score is not None], wanted, rtol=1e-6)  # float32
    assert boxes_in(seen(grid)).labels.tolist() == [1, 0, 2]


def test_a_box_is_a_cell_an_offset_and_a_share_of_the_picture() -> None:
    grid = np.full((1, 7, 2, 4), -9.0, np.float32)
    grid[0, :, 1, 2] = [
        1,
        np.arctanh(0.5),
        0,
        0,
        np.log(1 / 3),
        1,
        0,
    ]  # half as wide, a quarter high
    found = boxes_in(seen(grid))
    np.testing.assert_allclose(found.corners, [[37.5, 37.5, 87.5, 62.5]], rtol=1e-6)  # float32
    assert found.labels.tolist() == [0] and found.scores is not None and found.scores.tolist() == [1]
    small = boxes_in(seen(grid, resized((10, 20), (100, 100))))  # of a picture of 10 x 20, which was made larger
    np.testing.assert_allclose(small.corners, [[3.75, 7.5, 8.75, 12.5]], rtol=1e-6)


def test_boxes_around_one_object_are_one() -> None:
    grid = np.zeros((1, 6, 1, 8), np.float32)
    grid[0, 0], grid[0, 5] = [1, 0.95, 0.9, 0.8, 0.7, 0.6, 0, 1], 1
    found = boxes_in(
        seen(grid)
    )  # half as wide as the picture, an eighth apart: 0.6 of the next, a third of that after it
    assert found.scores is not None
    np.testing.assert_allclose(found.scores, np.array([1, 1, 0.9, 0.7]) ** 0.6, rtol=1e-6)
    assert found.corners.min() == 0 and found.corners.max() == 100  # cut off at the edges


def test_nothing_certain_and_no_numbers() -> None:
    nothing = seen(np.full((1, 7, 2, 2), 0.5, np.float32))
    assert nothing.ranking == () and not len(boxes_in(nothing).labels)
    assert "28 of 28 numbers" in str(seen(np.full((1, 7, 2, 2), np.nan, np.float32)).problem)


def test_names_are_as_many_as_its_classes() -> None:
    answer = seen(np.full((1, 7, 2, 2), 0.5, np.float32))
    assert labels_of(answer, ()) == ("0", "1")
    with pytest.raises(DataError, match="gives 2 classes, and 3 labels are known"):
        labels_of(answer, ("a", "b", "c"))


def test_a_horse_is_seen_by_name_and_place(shared_data: Path) -> None:
    looks = read_for_pictures("fastestdet", {}, models_path=str(shared_data / "onnx")).on("numpy", Vips(), threads=1)
    (answer,) = looks.predict([Vips().read(shared_data / "onnx" / "fastestdet" / "horse_352.png")])
    (number, score), *_ = answer.ranking
    assert isinstance(number, int) and looks.labels[number] == "horse"
    assert score is not None and abs(score - 0.92) < 0.01  # as its data's notes say it, two digits
    found = boxes_in(answer)
    assert looks.labels[int(found.labels[0])] == "horse" and found.scores is not None
    assert abs(found.scores[0] - score) < 1e-12
    assert (found.corners[0] >= -5).all() and (found.corners[0] <= 357).all()
