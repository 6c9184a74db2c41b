"""Functions that follow one another are one step where nothing else reads between them, with the same results."""

import numpy as np
import pytest
from onnx import parser

from nnlab.onnx.engine.chaining import Chain, chained
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.engine.planner import plan
from nnlab.onnx.file.read import checked
from nnlab.onnx.ops.base import OPERATORS

GRAPHS = {
    "a = Sigmoid (x)  b = Neg (a)  y = Exp (b)": ["chain"],
    "a = Sigmoid (x)  b = Neg (a)  y = Add (a, b)": ["Sigmoid", "Neg", "Add"],
    "a = Sigmoid (x)  b = Neg (a)  c = Mul (b, x)  d = Tanh (c)  y = Abs (d)": ["chain", "Mul", "chain"],
    "a = Exp (x)  b = Tanh (x)  c = Neg (a)  d = Abs (b)  y = Add (c, d)": ["chain", "chain", "Add"],
}


@pytest.mark.parametrize("nodes", GRAPHS)
def test_what_is_joined(nodes: str) -> None:
    proto = parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> g (float[N] x) => (float[N] y) {{ {nodes} }}')
    whole = plan(checked(proto), numpy_compute)
    joined = chained(whole)
    assert [step.operator.name for step in joined.steps] == GRAPHS[nodes]
    x = np.linspace(-2, 2, 9, dtype=np.float32)
    np.testing.assert_array_equal(joined.run(numpy_compute, {"x": x})[0], whole.run(numpy_compute, {"x": x})[0])


def test_an_output_in_between_stays_one() -> None:
    text = "(float16[N] x) => (float16[N] a, float16[N] y) { a = Sigmoid (x)  y = Neg (a) }"
    proto = parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> g {text}')
    a, y = NumpyModel(checked(proto)).run({"x": np.zeros(3, np.float16)})
    np.testing.assert_array_equal((a, y), [[0.5] * 3, [-0.5] * 3])


def test_slopes_are_multiplied() -> None:
    parts = tuple(OPERATORS.get("", name, since)(outputs=1, opset=17) for name, since in (("Exp", 13), ("Neg", 13)))
    x = np.array([0.0, 1.0])
    chain = Chain(parts=parts, outputs=1, opset=17)
    np.testing.assert_allclose(chain.derivative(x, chain.f(x)), -np.exp(x), rtol=1e-15)  # one multiplication
