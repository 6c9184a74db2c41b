"""Tiny networks of known arithmetic, written as files, and pictures whose answers are known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from nnlab.core.types import Array, Pixels
from nnlab.data.images.vips import Vips


def convolution(weights: Array, bias: Array, size: int, *, then: str = "", out: tuple[int, ...] = ()) -> ModelProto:
    """One Conv over (1, 3, size, size), perhaps an activation after it."""
    values = {"w": weights.astype(np.float32), "b": bias.astype(np.float32)}
    nodes = [helper.make_node("Conv", ["picture", "w", "b"], ["scores" if not then else "raw"])]
    if then:
        nodes.append(helper.make_node(then, ["raw"], ["scores"]))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, size, size])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, out)],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.fixture
def mask_model(tmp_path: Path) -> Path:
    """Where a picture of 16x16 is bright: sigmoid(20 (r + g + b - 1.5))."""
    path = tmp_path / "models" / "bright.onnx"
    path.parent.mkdir(exist_ok=True)
    model = convolution(np.full((1, 3, 1, 1), 20.0), np.array([-30.0]), 16, then="Sigmoid", out=(1, 1, 16, 16))
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture
def label_model(tmp_path: Path) -> Path:
    """Which channel of a picture of 8x8 is the brightest: logits are 8 times the means of red, green and blue."""
    path = tmp_path / "models" / "channel.onnx"
    path.parent.mkdir(exist_ok=True)
    weights = np.zeros((3, 3, 8, 8))
    weights[range(3), range(3)] = 8 / 64
    path.write_bytes(convolution(weights, np.zeros(3), 8, out=(1, 3, 1, 1)).SerializeToString())
    return path


@pytest.fixture
def write() -> Callable[[Path, Pixels], Path]:
    """Writes pixels as a PNG file."""

    def written(path: Path, pixels: Pixels) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        library = Vips()
        library.write_png(library.image(np.ascontiguousarray(pixels)), path)
        return path

    return written


@pytest.fixture
def square(tmp_path: Path, write: Callable[[Path, Pixels], Path]) -> Path:
    """A photo of 60 x 40 with a white rectangle on black, columns 20 to 44 and rows 10 to 29."""
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[10:30, 20:45] = 255
    return write(tmp_path / "photos" / "square.png", pixels)
