"""Answers of tiny networks on every engine."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.data.images.vips import Vips
from nnlab.onnx.backends.engines import OFFERED
from nnlab.onnx.inference.by_task import TaskReading
from nnlab.onnx.inference.load import read_for_pictures
from nnlab.onnx.inference.predictor import OnnxPredictor
from nnlab.onnx.inference.probabilities import probabilities
from nnlab.onnx.write.outputs import HeadOutput
from nnlab.tasks.detection import Detection
from nnlab.tasks.segmentation import Segmentation

LIB = Vips()


@pytest.fixture(params=OFFERED)
def engine(request: pytest.FixtureRequest) -> str:
    if request.param != "numpy":
        pytest.importorskip(request.param)
    return str(request.param)


def predictor(path: Path, engine: str, **flags: str) -> OnnxPredictor:
    return read_for_pictures(str(path), flags, models_path="models").on(engine, LIB, threads=1)


def test_a_mask_is_where_the_network_says_at_the_size_of_the_photo(mask_model: Path, square: Path, engine: str) -> None:
    (answer,) = predictor(mask_model, engine).predict([LIB.read(square)])
    assert answer.probabilities is None and answer.mask is not None
    assert answer.mask.shape == (40, 60) and answer.mask.dtype == np.uint8
    truth = LIB.pixels(LIB.read(square))[:, :, 0] > 127
    found = answer.mask >= 128
    assert (truth & found).sum() / (truth | found).sum() > 0.8  # 0.8: edges, through a raster of 16 x 16
    assert answer.mask[20, 32] == 255 and answer.mask[2, 2] == 0


def test_labels_are_the_softmax_of_the_scores(label_model: Path, engine: str) -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, :, 1] = 255
    (answer,) = predictor(label_model, engine).predict([LIB.image(pixels)])
    assert answer.mask is None and answer.probabilities is not None
    wanted = np.exp([0.0, 8.0, 0.0]) / np.exp([0.0, 8.0, 0.0]).sum()
    assert answer.probabilities.shape == (3,)
    np.testing.assert_allclose(answer.probabilities, wanted, rtol=1e-5)  # 1e-5: float32 sums of 64 values, times 8


def test_one_picture_or_many_are_answered_alike(label_model: Path, engine: str) -> None:
    generator = np.random.default_rng(0)
    images = [LIB.image(generator.integers(0, 256, (9, 7, 3), dtype=np.uint8)) for _ in range(3)]
    looks = predictor(label_model, engine)
    together = looks.predict(images)
    for image, answer in zip(images, together, strict=True):
        (alone,) = looks.predict([image])
        np.testing.assert_array_equal(alone.probabilities, answer.probabilities)


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [
        ([0.2, 0.5, 0.3], [0.2, 0.5, 0.3]),
        ([0.0, np.log(3.0)], [0.25, 0.75]),
        ([0.2, 0.2], [0.5, 0.5]),
        ([0.9], [0.1, 0.9]),
        ([-np.log(3.0)], [0.75, 0.25]),
        ([1e30, 0.0], [1.0, 0.0]),
    ],
)
def test_scores_become_probabilities(scores: list[float], wanted: list[float]) -> None:
    np.testing.assert_allclose(probabilities(np.array(scores)), wanted, atol=1e-12)


def test_scores_that_are_neither_are_refused(label_model: Path, square: Path) -> None:
    looks = predictor(label_model, "numpy")

    class Strange:
        view = looks.runnable.view

        def run(self, inputs: object) -> tuple[np.ndarray, ...]:
            return (np.zeros((1, 85, 22, 22), np.float32),)

    odd = OnnxPredictor(Strange(), looks.recipe, LIB, "numpy")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"gives scores \(float32 1 x 85 x 22 x 22\): neither the scores"):
        odd.predict([LIB.read(square)])


def test_a_list_of_labels_of_another_length_is_refused_when_it_is_used(label_model: Path, tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_text("red\ngreen\nblue\n\n")
    assert read_for_pictures(str(label_model), {}, models_path="", labels=str(file)).recipe.labels == (
        "red",
        "green",
        "blue",
    )
    with pytest.raises(DataError, match=r"--labels=.*: cannot be read"):
        read_for_pictures(str(label_model), {}, models_path="", labels=str(tmp_path / "none.txt"))


def test_a_file_that_gives_something_else_than_its_task_reads_is_an_error_of_the_file(label_model: Path) -> None:
    looks = predictor(label_model, "numpy")
    (output,) = (value.name for value in looks.runnable.view.graph.outputs)
    masks = TaskReading(Segmentation(), {"output": HeadOutput(output, logits=False)}, (output,))
    for reading in (masks, replace(masks, task=Detection(), decoded=())):
        lying = replace(looks, recipe=replace(looks.recipe, task=reading))
        with pytest.raises(DataError, match=f"does not give what {type(reading.task).__name__} reads .*--kind=labels"):
            lying.predict([LIB.image(np.zeros((8, 8, 3), np.uint8))])
