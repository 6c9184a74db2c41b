"""What rungs are made of: written, and made anew once the model or its pictures are others."""

from pathlib import Path

import numpy as np

from nnlab.core.truths import Labels
from nnlab.core.types import Array
from nnlab.experiment.answering.subject import Subject
from nnlab.labs.ladder.prepare import FOLDER, Prepared, prepared
from nnlab.metrics.base import METRICS
from tests.onnx.write.quantized.graphs import network, pictures


class Own:
    """Pictures that are there."""

    origin = "the test partition"
    truths = Labels(np.zeros(8, np.intp))
    sources = tuple("abcdefgh")

    def __init__(self, x: Array):
        self._x = x

    def inputs(self, places: list[int]) -> Array:
        return self._x[list(places)]

    def prepared(self, place: int) -> Array:
        return self.inputs([place])

    def path(self, place: int) -> Path | None:
        return None


def made(folder: Path, *, opset: int = 17, x: Array | None = None) -> Prepared:
    own = Own(pictures() if x is None else x)
    answers = lambda outputs: Labels(outputs[0].argmax(axis=1))  # noqa: E731
    judge = METRICS.get("Classes")()
    subject = Subject("net", network(opset), ("a", "b"), own, own, answers, judge)  # type: ignore[arg-type]
    return prepared(subject, folder, threads=1, pictures=8, int8=False)


def test_files_of_a_model_that_is_another_now_are_not_taken_up(tmp_path: Path) -> None:
    first = made(tmp_path)
    derived = tmp_path / FOLDER / "model-all.onnx"
    derived.write_bytes(b"made of the first")
    assert made(tmp_path).job == first.job and derived.exists()
    assert made(tmp_path, opset=16).job["content"] != first.job["content"] and not derived.exists()


def test_other_test_pictures_are_answered_anew(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("nnlab.labs.ladder.prepare.SAMPLES", 1)  # the first picture alone
    first, other = made(tmp_path).job["content"], pictures()
    other[-1] += 1
    assert made(tmp_path, x=other).job["content"] != first
