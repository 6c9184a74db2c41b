"""Gradients that both engines give where one gave none, or no number: rows masked whole, unsigned exponents, depths."""

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from nnlab.core.types import Array
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import model_of
from nnlab.onnx.ops.base import NoGradientError

INFINITY = np.float64(np.inf)


def gradients(engine: str, nodes: str, given: dict[str, Array], opset: int = 23, **stored: Any) -> dict[str, Any]:
    """Of the sum of all outputs, each weighted by its place."""
    types = {"float64": "double", "uint32": "uint32", "bool": "bool"}
    inputs = ", ".join(f"{types[x.dtype.name]}[{','.join(map(str, x.shape))}] {name}" for name, x in given.items())
    text = f'<ir_version: 10, opset_import: ["" : {opset}]> g ({inputs}) => (double y) {{ {nodes} }}'
    model = onnx.parser.parse_model(text)
    model.graph.output[0].type.tensor_type.ClearField("shape")
    model.graph.initializer.extend(numpy_helper.from_array(np.asarray(v), name) for name, v in stored.items())
    view = model_of(model.SerializeToString())
    if engine == "torch":
        from nnlab.onnx.torch_ops.execute import TorchModel

        ready: Any = TorchModel(view)
    else:
        ready = NumpyModel(view)
    (y,) = ready.run(given)
    found: dict[str, Any] = ready.gradients(given, [np.arange(1.0, y.size + 1).reshape(y.shape)])
    return found


@pytest.fixture(params=["numpy", "torch"])
def engine(request: pytest.FixtureRequest) -> str:
    """Both engines that give gradients."""
    if request.param == "torch":
        request.getfixturevalue("torch_installed")
    return str(request.param)


@pytest.mark.parametrize("softmax", ["Softmax", "LogSoftmax"])
@pytest.mark.parametrize("opset", [11, 23])
def test_a_row_that_is_ruled_out_whole_takes_part_in_nothing(engine: str, softmax: str, opset: int) -> None:
    """What follows puts a 0 in its place: its gradient is 0, and that of the other row as if it were alone."""
    x = np.array([[1.0, 2, 3], [-INFINITY, -INFINITY, -INFINITY]])
    hidden = f"s = {softmax} <axis = 1> (x) n = IsNaN (s) y = Where (n, zero, s)"
    both = gradients(engine, hidden, {"x": x}, opset, zero=0.0)["x"]
    alone = gradients(engine, f"y = {softmax} <axis = 1> (x)", {"x": x[:1]}, opset)["x"]
    assert np.array_equal(both[1], np.zeros(3))
    np.testing.assert_allclose(both[0], alone[0], rtol=1e-12)


def test_attention_with_a_query_that_may_look_at_nothing(engine: str) -> None:
    generator = np.random.default_rng(0)
    q, k, v = (generator.standard_normal((1, 1, 2, 4)) for _ in range(3))
    mask = np.array([[True, True], [False, False]])
    found = gradients(engine, "y = Attention (q, k, v, m)", {"q": q, "k": k, "v": v, "m": mask})
    np.testing.assert_allclose(found["q"][0, 0, 1], 0, atol=0)
    ahead = gradients(engine, "y = Attention (q, k, v)", {"q": q[:, :, :1], "k": k, "v": v})
    for name in "kv":
        np.testing.assert_allclose(found[name], ahead[name], rtol=1e-9)


def test_a_power_with_an_unsigned_exponent(engine: str) -> None:
    """dx = weight b x^(b-1)"""
    x, b = np.array([2.0, 3, -1]), np.array([2, 3, 0], np.uint32)
    found = gradients(engine, "y = Pow (x, b)", {"x": x, "b": b})
    np.testing.assert_allclose(found["x"], [1 * 2 * 2, 2 * 3 * 9, 0], rtol=1e-12)


def test_the_values_of_a_one_hot_whose_depth_is_a_floating_point_number(engine: str) -> None:
    """y = [[off, on, off], [on, off, off]], weighted 1 to 6."""
    given = {"i": np.array([1.0, 0]), "d": np.array([3.0]), "v": np.array([0.5, 2.0])}
    found = gradients(engine, "y = OneHot (i, d, v)", given)
    np.testing.assert_allclose(found["v"], [1 + 3 + 5 + 6, 2 + 4], rtol=1e-12)


def test_what_is_drawn_has_no_gradient_on_either(engine: str) -> None:
    with pytest.raises(NoGradientError, match="Bernoulli has no gradient"):
        gradients(engine, "b = Bernoulli <seed = 1.0> (x) y = Mul (b, x)", {"x": np.array([0.5, 0.2])})
