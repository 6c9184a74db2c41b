"""Values in other files: only plain files in the model's own folder, and no more than the shape needs."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper

from nnlab.core.errors import DataError
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import model_of, read_model

FLOAT = TensorProto.FLOAT


def model(w: TensorProto) -> ModelProto:
    """x + w."""
    x, y = (helper.make_tensor_value_info(name, FLOAT, [2, 3]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", [x], [y], [w])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.bin").write_bytes(bytes(24))
    inside = tmp_path / "models"
    inside.mkdir()
    (inside / "w.bin").write_bytes(np.arange(6, dtype=np.float32).tobytes())
    return inside


def read(folder: Path, location: str | bytes, **more: Any) -> NumpyModel:
    w = TensorProto(name="w", dims=[2, 3], data_type=FLOAT, data_location=TensorProto.EXTERNAL)
    for key, value in {"location": location, **more}.items():
        w.external_data.add(key=key, value=str(value))
    path = folder / "m.onnx"
    path.write_bytes(model(w).SerializeToString())
    return NumpyModel(read_model(path))


def test_a_file_beside_the_model_is_read(folder: Path) -> None:
    (y,) = read(folder, "w.bin").run({"x": np.ones((2, 3), np.float32)})
    np.testing.assert_array_equal(y, np.arange(6, dtype=np.float32).reshape(2, 3) + 1)


@pytest.mark.parametrize("way", ["../secret.bin", "absolute", "link", "link to a folder", "/dev/zero", "", ".", "a\0b"])
def test_other_places_are_refused(folder: Path, way: str) -> None:
    location = way
    if way == "absolute":
        location = str(folder.parent / "secret.bin")
    elif way == "link":
        (folder / "link").symlink_to(folder.parent / "secret.bin")
        location = "link"
    elif way == "link to a folder":
        (folder / "up").symlink_to(folder.parent)
        location = "up/secret.bin"
    with pytest.raises(DataError, match="outside the model's folder") as caught:
        read(folder, location)
    assert "tensor w" in str(caught.value)
    assert str(folder / "m.onnx") in str(caught.value)


def test_a_circle_of_links_is_refused(folder: Path) -> None:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    with pytest.raises(DataError, match=r"outside the model's folder|cannot be read"):
        read(folder, "a")


def test_pipes_and_devices_are_not_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(DataError, match="not a plain file"):
        read(folder, "pipe")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"offset": -4}, "no file has"),
        ({"offset": 10**30}, "no file has"),
        ({"offset": 8}, "cut off"),
        ({"offset": 2**40}, "cut off"),
        ({"length": 20}, "20 bytes; its shape needs 24"),
        ({"length": 10**15}, "its shape needs 24"),
        ({"offset": "first"}, "no number"),
    ],
    ids=str,
)
def test_places_in_the_file(folder: Path, numbers: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(folder, "w.bin", **numbers)


def test_bytes_alone_have_no_folder() -> None:
    w = TensorProto(name="w", dims=[1], data_type=FLOAT, data_location=TensorProto.EXTERNAL)
    w.external_data.add(key="location", value="w.bin")
    with pytest.raises(DataError, match="give the model as a path"):
        model_of(model(w).SerializeToString())


def cached(folder: Path) -> Path:
    """The file of a model as a cache keeps it: it and its values are links into one folder of blobs."""
    read(folder, "w.bin")
    blobs, snapshot = folder.parent / "hub" / "blobs", folder.parent / "hub" / "snapshots" / "12ab"
    blobs.mkdir(parents=True)
    snapshot.mkdir(parents=True)
    (folder / "m.onnx").rename(blobs / "aaaa")
    (folder / "w.bin").rename(blobs / "bbbb")
    (snapshot / "m.onnx").symlink_to("../../blobs/aaaa")
    (snapshot / "w.bin").symlink_to("../../blobs/bbbb")
    return snapshot / "m.onnx"


def test_model_and_values_may_be_links_into_one_folder(folder: Path) -> None:
    (y,) = NumpyModel(read_model(cached(folder))).run({"x": np.zeros((2, 3), np.float32)})
    np.testing.assert_array_equal(y, np.arange(6, dtype=np.float32).reshape(2, 3))


def test_a_link_to_a_model_finds_the_values_beside_the_real_file(folder: Path) -> None:
    read(folder, "w.bin")
    (folder.parent / "short.onnx").symlink_to(folder / "m.onnx")
    (y,) = NumpyModel(read_model(folder.parent / "short.onnx")).run({"x": np.zeros((2, 3), np.float32)})
    np.testing.assert_array_equal(y, np.arange(6, dtype=np.float32).reshape(2, 3))


@pytest.mark.parametrize("way", ["elsewhere", "model is no link", "values are no link"])
def test_links_out_of_the_folder_of_the_blobs_are_refused(folder: Path, way: str) -> None:
    path = cached(folder)
    if way == "elsewhere":
        (path.parent / "w.bin").unlink()
        (path.parent / "w.bin").symlink_to(folder.parent / "secret.bin")
    elif way == "model is no link":
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
    else:
        blob = path.resolve()
        proto = model(TensorProto(name="w", dims=[2, 3], data_type=FLOAT, data_location=TensorProto.EXTERNAL))
        proto.graph.initializer[0].external_data.add(key="location", value="../../blobs/bbbb")
        blob.write_bytes(proto.SerializeToString())
    with pytest.raises(DataError, match="outside the model's folder"):
        read_model(path)
