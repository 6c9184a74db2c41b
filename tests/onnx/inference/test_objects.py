"""Classes that are anywhere in a picture."""

from pathlib import Path

import numpy as np

from nnlab.data.images.vips import Vips
from nnlab.onnx.inference.load import read_for_pictures
from nnlab.onnx.inference.objects import seen_anywhere


def test_each_class_counts_by_its_best_place() -> None:
    grid = np.zeros((1, 8, 2, 2), np.float32)
    grid[0, 0] = [[0.9, 0.8], [0.1, 0.9]]  # an object?
    grid[0, 5] = [[0.8, 0.0], [1.0, 0.1]]
    grid[0, 6] = [[0.2, 1.0], [0.0, 0.1]]
    grid[0, 7] = [[0.0, 0.0], [0.0, 0.4]]
    ranking = seen_anywhere(grid).ranking
    assert [number for number, _ in ranking] == [1, 0, 2]
    wanted = [0.8**0.6, 0.9**0.6 * 0.8**0.4, 0.9**0.6 * 0.4**0.4]
    np.testing.assert_allclose([score for _, score in ranking if score is not None], wanted, rtol=1e-6)  # float32


def test_nothing_certain_and_no_numbers() -> None:
    assert seen_anywhere(np.full((1, 7, 2, 2), 0.5, np.float32)).ranking == ()
    assert "28 of 28 scores" in str(seen_anywhere(np.full((1, 7, 2, 2), np.nan, np.float32)).problem)


def test_a_horse_is_seen_by_name(shared_data: Path) -> None:
    looks = read_for_pictures("fastestdet", {}, models_path=str(shared_data / "onnx")).on("numpy", Vips(), threads=1)
    (answer,) = looks.predict([Vips().read(shared_data / "onnx" / "fastestdet" / "horse_352.png")])
    (number, score), *_ = answer.ranking
    assert isinstance(number, int) and looks.labels[number] == "horse"
    assert score is not None and abs(score - 0.92) < 0.01  # as its data's notes say it, two digits
