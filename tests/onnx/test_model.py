"""What a run keeps of an imported network, and what is made of that."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from google.protobuf.message import EncodeError
from onnx import external_data_helper

from nnlab.core.rng import Rng
from nnlab.models.graph import Graph
from nnlab.models.n_layers import NLayers
from nnlab.onnx.model import IMPORTED, Onnx
from nnlab.testing.batches import one_head

SHAPE, CLASSES = (8, 8, 3), 3


def weights(model: Any) -> dict[str, np.ndarray]:
    graph: Graph = model.graph(SHAPE, one_head(CLASSES)).build(SHAPE, rng=Rng(0), dtype=np.float32)
    return graph.state()


def kept(model: Onnx, folder: Path) -> Onnx:
    folder.mkdir()
    for name, content in model.files().items():
        (folder / name).write_bytes(content)
    return model.from_run(folder)


def assert_same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert other[name].dtype == value.dtype and np.array_equal(other[name], value), name


def test_values_from_other_files_are_put_in(convolutional: Any, tmp_path: Path) -> None:
    path, outside = convolutional(), tmp_path / "outside"
    model = onnx.load(path)
    external_data_helper.convert_model_to_external_data(model, location="values.bin", size_threshold=0)
    outside.mkdir()
    onnx.save(model, outside / "m.onnx")
    assert (outside / "values.bin").stat().st_size > 0
    original = Onnx(onnx_model=str(outside / "m.onnx"))
    before = weights(original)
    copy = kept(original, tmp_path / "run")
    (outside / "values.bin").unlink()
    assert_same(before, weights(copy))
    assert list(copy.files()) == [IMPORTED]  # a run that goes on keeps it as well


def test_what_is_kept_is_what_was_read_and_not_what_lies_there_later(convolutional: Any, tmp_path: Path) -> None:
    path = convolutional()
    original = Onnx(onnx_model=str(path))
    before = weights(original)
    path.write_bytes(b"another")
    copy = kept(original, tmp_path / "run")
    assert_same(before, weights(copy))
    assert copy.options() == original.options()  # what was typed, not where the copy lies


def test_one_layer_stays_the_one_that_was_made(tmp_path: Path, convolutional: Any) -> None:
    original = Onnx(models_path=str(tmp_path))
    before = weights(original)
    copy = kept(original, tmp_path / "run")
    convolutional("one_layer")
    assert weights(original).keys() != before.keys()
    assert_same(before, weights(copy))


def test_a_folder_without_a_copy_leaves_the_model_as_it_is(tmp_path: Path) -> None:
    model, plain = Onnx(onnx_model="some"), NLayers()
    assert not model.files() and model.from_run(tmp_path) is model
    (tmp_path / IMPORTED).touch()
    assert not plain.files() and plain.from_run(tmp_path) is plain


def test_what_is_too_large_for_one_file_is_not_kept_and_that_is_said(
    convolutional: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Large:
        def SerializeToString(self) -> bytes:
            raise EncodeError("Failed to serialize proto")

    model = Onnx(onnx_model=str(convolutional()))
    weights(model)
    model._view = type("View", (), {"proto": Large()})()
    assert model.files() == {}
    assert "the run keeps no copy" in caplog.text
