"""The backward pass over a plan lets go of gradients that were used."""

import numpy as np
import pytest
from onnx import parser

from nnlab.onnx.engine.backward import backward
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import checked


@pytest.mark.parametrize(("keep", "names"), [(False, {"x"}), (True, {"x", "a", "b", "y"})])
def test_gradients_on_the_way_go_when_they_were_used_unless_they_are_to_stay(keep: bool, names: set[str]) -> None:
    text = "g (double[2] x) => (double[2] y) { a = Exp(x)  b = Mul(a, x)  y = Add(b, a) }"
    model = NumpyModel(checked(parser.parse_model(f'<ir_version: 8, opset_import: ["" : 21]> {text}')))
    x = np.array([0.5, -1.0])
    found = backward(model.plan, model.values({"x": x}), {"y": np.ones(2)}, keep=keep)
    assert found.keys() == names
    np.testing.assert_allclose(found["x"], np.exp(x) * (2 + x), rtol=1e-15)  # of e^x x + e^x
