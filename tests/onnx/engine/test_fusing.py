"""Steps drawn together give what the steps one by one give, where nobody else looks at what is between them."""

from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, parser

from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import checked

CLOSE = {"rtol": 1e-5, "atol": 1e-5}
"""float32: sums of some tens of products of about 1, in another order, and scaled before instead of after."""


def model(nodes: str, outputs: str = "float[N, 4, 6, 6] y", opset: int = 15) -> NumpyModel:
    """A convolution, and nodes after it; constants by chance."""
    text = f"""<ir_version: 8, opset_import: ["" : {opset}]>
        g (float[N, 3, 6, 6] x) => ({outputs}) {{ c = Conv <pads = [1, 1, 1, 1]> (x, w, b)  {nodes} }}"""
    proto: ModelProto = parser.parse_model(text)
    rng = np.random.default_rng(3)
    shapes = {"w": (4, 3, 3, 3), "a": (4, 1, 1), "lo": (), "hi": ()} | dict.fromkeys("bstmv", (4,))
    for name, shape in shapes.items():
        value = {"lo": np.float32(-0.5), "hi": np.float32(0.75)}.get(name, rng.uniform(0.5, 1.5, shape))
        proto.graph.initializer.add(name=name, dims=shape, data_type=1, raw_data=np.float32(value).tobytes())
    return NumpyModel(checked(proto))


def both(made: NumpyModel) -> tuple[Any, Any]:
    """Outputs as they are run, and step by step."""
    x = np.random.default_rng(4).standard_normal((2, 3, 6, 6)).astype(np.float32)
    slow = made.plan.run(numpy_compute, {**made.plan.constants, "x": x})
    return made.run({"x": x}), slow


@pytest.mark.parametrize(
    ("nodes", "left"),
    [
        ("y = Relu(c)", 1),
        ("y = Clip(c, lo, hi)", 1),
        ("y = Clip(c, , hi)", 1),
        ("n = BatchNormalization(c, s, t, m, v)  y = Relu(n)", 1),
        ("n = Add(a, c)  y = Relu(n)", 1),
        ("r = Relu(c)  y = BatchNormalization(r, s, t, m, v)", 2),
        ("r = Relu(c)  y = Clip(r, lo, hi)", 2),
        ("r = Relu(c)  y = Add(r, c)", 3),
        ("d = Sigmoid(x)  e = Conv <pads = [1, 1, 1, 1]> (d, w)  n = Add(c, e)  y = Relu(n)", 3),
        ("d = Conv <pads = [1, 1, 1, 1]> (x, w)  n = Add(c, d)  k = Add(n, a)  y = Relu(k)", 4),
        ("d = Conv <pads = [1, 1, 1, 1]> (x, w)  e = ReduceMean <axes = [2, 3]> (d)  y = Add(c, e)", 3),
        ("n = Add(c, c)  y = Relu(n)", 3),
        ("n = Add(c, hi)  y = Relu(n)", 3),
    ],
)
def test_gives_what_the_steps_give(nodes: str, left: int) -> None:
    made = model(nodes)
    assert len(made.quickest.steps) == left
    (y,), (expected,) = both(made)
    assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(y, expected, **CLOSE)


def test_what_is_an_output_is_not_drawn_in() -> None:
    made = model("y = Relu(c)", "float[N, 4, 6, 6] c, float[N, 4, 6, 6] y")
    assert len(made.quickest.steps) == 2
    for y, expected in zip(*both(made), strict=True):
        np.testing.assert_allclose(y, expected, **CLOSE)


def test_bounds_let_through_what_is_no_number() -> None:
    (y,) = model("y = Relu(c)").run({"x": np.full((1, 3, 6, 6), np.nan, np.float32)})
    assert np.isnan(y).all()


def test_other_weights_and_gradients_use_the_file_s_own_steps() -> None:
    made = model("n = BatchNormalization(c, s, t, m, v)  y = Relu(n)")
    x = np.ones((1, 3, 6, 6), np.float32)
    (y,) = made.run({"x": x, "w": np.zeros((4, 3, 3, 3), np.float32)})
    constants = made.plan.constants
    offset = (constants["b"] - constants["m"]) / np.sqrt(constants["v"] + 1e-5) * constants["s"] + constants["t"]
    np.testing.assert_allclose(y[0, :, 0, 0], np.maximum(offset, 0), rtol=1e-5)
    found = made.gradients({"x": x}, [np.ones_like(y)])
    assert {"w", "s", "t"} <= {name for name, dx in found.items() if dx is not None}
