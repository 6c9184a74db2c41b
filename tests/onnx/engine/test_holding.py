"""Halves stay float32 between operators, as onnxruntime keeps them, and come out as the file declares them."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from onnx import ModelProto, parser

from nnlab.onnx.backends.engines import load
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import checked

ENGINES = ["numpy", "torch"]
each_engine = pytest.mark.parametrize("engine", ENGINES)


def model(nodes: str, *, kind: str = "float16") -> ModelProto:
    """y of x, both (N, 4); w is stored: 1, 2, 3, 4."""
    text = f"""<ir_version: 8, opset_import: ["" : 17]> g ({kind}[N, 4] x) => ({kind}[N, M] y) {{ {nodes} }}"""
    proto: ModelProto = parser.parse_model(text)
    dtype = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float": np.float32}[kind]
    values = np.arange(1, 5).astype(dtype)
    number = proto.graph.input[0].type.tensor_type.elem_type
    proto.graph.initializer.add(name="w", dims=[4], data_type=number, raw_data=values.tobytes())
    return proto


def given(dtype: Any = np.float16) -> Any:
    return np.array([[300, -200, 1000, 0.5]], dtype)


def run(proto: ModelProto, engine: str, x: Any) -> Any:
    pytest.importorskip("torch" if engine == "torch" else "numpy")
    (y,) = load(checked(proto), engine).run({"x": x})
    return y


CHAINS = {
    "comes back from an overflow": "a = Mul (x, x)  y = Div (a, x)",
    "with a stored half": "a = Mul (x, x)  b = Mul (a, w)  y = Sqrt (b)",
    "products": "t = Transpose (x)  a = MatMul (x, t)  b = Sqrt (a)  y = Mul (b, w)",
    "sums": "a = ReduceSum <keepdims = 1> (x)  b = Mul (a, a)  y = Div (b, x)",
    "out of halves": "a = Mul (x, x)  b = Cast <to = 1> (a)  c = Sqrt (b)  y = Cast <to = 10> (c)",
}


@each_engine
@pytest.mark.parametrize("nodes", CHAINS.values(), ids=CHAINS)
def test_chains_give_what_onnxruntime_gives(nodes: str, engine: str) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra [onnxruntime])")
    proto = model(nodes)
    expected, y = run(proto, "onnxruntime", given()), run(proto, engine, given())
    assert y.dtype == np.float16
    np.testing.assert_allclose(
        y.astype(float), expected.astype(float), rtol=2e-3
    )  # one rounding to float16, and another


@each_engine
def test_numbers_that_are_moved_stay_wide(engine: str) -> None:
    y = run(model("a = Mul (x, x)  b = Transpose (a)  c = Transpose (b)  y = Sqrt (c)"), engine, given())
    np.testing.assert_array_equal(y, [[300, 200, 1000, 0.5]])  # onnxruntime rounds here: 90,000 is infinite then


@each_engine
def test_bfloat16(engine: str) -> None:
    y = run(model("a = Mul (x, x)  y = Sqrt (a)", kind="bfloat16"), engine, given(ml_dtypes.bfloat16))
    assert y.dtype == ml_dtypes.bfloat16
    np.testing.assert_allclose(y.astype(float), [[300, 200, 1000, 0.5]], rtol=8e-3)


@each_engine
@pytest.mark.parametrize("nodes", ["y = CastLike (w, x)", "a = Mul (x, x)  b = IsInf (a)  y = Cast <to = 10> (b)"])
def test_operators_that_ask_for_types_get_halves(nodes: str, engine: str) -> None:
    y = run(model(nodes), engine, given())
    assert y.dtype == np.float16
    expected = [1, 2, 3, 4] if "Like" in nodes else [[1, 0, 1, 0]]  # 90,000 and 1,000,000 are infinite as halves
    np.testing.assert_array_equal(y, expected)


@each_engine
def test_graphs_inside_operators_get_halves(engine: str) -> None:
    branches = """then_branch = g1 () => (float16[N, 4] p) { p = Add (a, w) },
        else_branch = g2 () => (float16[N, 4] q) { q = Sub (a, w) }"""
    proto = model(f"a = Neg (x)  t = Constant <value = bool {{1}}> ()  y = If (t) <{branches}>")
    np.testing.assert_array_equal(run(proto, engine, given()), [[-299, 202, -997, 3.5]])


def test_float32_is_run_as_before() -> None:
    made = NumpyModel(checked(model("y = Mul (x, w)", kind="float")))
    assert all(type(value) is np.ndarray for value in made.quickest.constants.values())
    (y,) = made.run({"x": given(np.float32)})
    np.testing.assert_array_equal(y, [[300, -400, 3000, 2]])


def test_weights_given_anew_are_used() -> None:
    made = NumpyModel(checked(model("y = Mul (x, w)")))
    (y,) = made.run({"x": given(), "w": np.ones(4, np.float16)})
    np.testing.assert_array_equal(y, given())
    assert y.dtype == np.float16


@pytest.mark.parametrize(
    "nodes",
    ["y = Sigmoid (x)", "y = Erf (x)", "y = Exp (x)", "a = Tanh (x)  y = Mul (a, x)", "a = Exp (x)  y = Log (a)"],
)
def test_functions_looked_up_give_what_float32_rounded_gives(nodes: str) -> None:
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16).reshape(-1, 4)
    with np.errstate(all="ignore"):  # NaN, infinities, and what overflows
        (many,) = NumpyModel(checked(model(nodes))).run({"x": every})
        (wide,) = NumpyModel(checked(model(nodes, kind="float"))).run({"x": every.astype(np.float32)})
        np.testing.assert_array_equal(many, wide.astype(np.float16))
        few = NumpyModel(checked(model(nodes))).run({"x": every[::3]})[0]  # too few for a table
    np.testing.assert_array_equal(many[::3], few)
    assert many.dtype == np.float16
