"""A model that every engine computes alike passes; a faulty engine, or a model that onnx refuses, is named."""

from dataclasses import dataclass

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from nnlab.core.errors import ComparisonError
from nnlab.core.types import Array
from nnlab.onnx.examine.differences import difference, unlike
from nnlab.onnx.examine.judge import judge, require
from nnlab.onnx.examine.samples import drawn
from nnlab.onnx.file.read import checked
from nnlab.onnx.ops.base import OPERATORS, Operator


@dataclass(frozen=True, kw_only=True, eq=False)
class Faulty(Operator):
    """Sigmoid that is one thousandth off in one place."""

    def forward(self, x: Array) -> Array:
        y = 1 / (1 + np.exp(-x))
        y.flat[0] += np.asarray(1e-3, y.dtype)
        return y


def model(dtype: int = TensorProto.FLOAT) -> onnx.ModelProto:
    """y = sigmoid(x W + b)"""
    weights = np.linspace(-1, 1, 12).reshape(4, 3).astype(helper.tensor_dtype_to_np_dtype(dtype))
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "W"], ["a"]), helper.make_node("Sigmoid", ["a"], ["y"], name="last")],
        "small",
        [helper.make_tensor_value_info("x", dtype, ["N", 4])],
        [helper.make_tensor_value_info("y", dtype, ["N", 3])],
        [onnx.numpy_helper.from_array(weights, "W")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def test_every_engine_agrees() -> None:
    view = checked(model())
    verdict = judge(view, drawn(view, sizes={"x": (5, 4)}))
    require(verdict)
    assert verdict.against == "reference"
    assert verdict.bound == 1e-4
    rows = {row.name: row for row in verdict.rows}
    assert rows["numpy"].verdict == "ok"
    assert rows["numpy"].relative is not None
    assert rows["numpy"].relative < 1e-6
    assert rows["onnx's checker"].verdict == rows["shape inference"].verdict == "ok"


def test_a_faulty_operator_is_found_and_the_engine_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATORS._table, ("", "Sigmoid", 13), Faulty)
    view = checked(model(), where="small.onnx")
    verdict = judge(view, drawn(view, sizes={}), engines=["numpy"])
    assert not verdict.passed
    with pytest.raises(ComparisonError, match="numpy differs from reference in output y") as raised:
        require(verdict)
    assert "nnlab onnx diff small.onnx" in str(raised.value)
    judge_widely = judge(view, drawn(view, sizes={}), engines=["numpy"], bound=0.01)
    assert judge_widely.passed


def test_what_onnx_refuses_is_a_failure() -> None:
    proto = model()
    proto.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 7
    view = checked(proto)
    verdict = judge(view, drawn(view, sizes={}))
    assert {row.name: row.verdict for row in verdict.rows}["shape inference"] == "refused"
    with pytest.raises(ComparisonError, match="shape inference refuses it"):
        require(verdict)


def test_a_reference_that_differs_from_all_others_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra [onnxruntime])")
    view = checked(model())
    inputs = drawn(view, sizes={})
    right = judge(view, inputs)
    monkeypatch.setattr(
        "nnlab.onnx.backends.reference.ReferenceModel.run", lambda self, inputs: (np.zeros((1, 3), np.float32),)
    )
    verdict = judge(view, inputs)
    assert right.passed and verdict.passed
    assert verdict.against == "onnxruntime"
    assert {row.name: row.verdict for row in verdict.rows}["reference"] == "alone"


def test_differences_of_all_kinds() -> None:
    one = np.array([1.0, 2.0], np.float32)
    assert difference(one, one) == (0.0, 0.0)
    assert difference(one, one + np.float32(0.5)) == (0.5, 0.25)
    assert difference(one, one.astype(np.float64))[1] == np.inf
    assert difference(one, one[:1])[1] == np.inf
    assert difference(one, np.array([1.0, np.nan], np.float32))[1] == np.inf
    assert difference(np.array([np.nan, np.inf]), np.array([np.nan, np.inf])) == (0.0, 0.0)
    assert difference(np.array([np.inf]), np.array([-np.inf]))[1] == np.inf
    assert difference([one], [one, one])[1] == np.inf
    assert difference(np.array(["a"], object), np.array(["b"], object))[1] == np.inf
    assert difference(np.zeros(0), np.zeros(0)) == (0.0, 0.0)


def test_what_is_left_of_numbers_that_cancel_out_is_no_difference() -> None:
    tiny = np.array([1e-8, 0], np.float32)
    apart, relative = difference(tiny, tiny + np.float32(7e-9))
    assert apart == pytest.approx(7e-9, rel=1e-6)
    assert relative == 0
    assert difference(tiny, tiny + np.float32(7e-9), exact=True)[1] == pytest.approx(0.7, rel=1e-6)
    assert difference(np.zeros(2, np.float32), np.full(2, 1e-8, np.float32))[1] == 0
    assert difference(np.zeros(2), np.full(2, 1e-8))[1] == np.inf  # float64 has a lower floor
    assert difference(np.zeros(2, np.int64), np.ones(2, np.int64))[1] == np.inf  # whole numbers have none
    assert difference(np.array([1e-3, 0], np.float32), np.array([0, 1e-3], np.float32))[1] == pytest.approx(1)


def test_an_infinite_difference_says_what_is_unlike() -> None:
    zeros = np.zeros(2, np.float32)
    assert unlike(zeros, zeros + 1) == "by 1.0e+00 where the other has nothing but zeros"
    assert unlike(zeros, zeros[:1]) == "float32[1] instead of float32[2]"
    assert "NaN" in unlike(zeros, zeros * np.nan)


def test_zeros_that_differ_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    view = checked(model())
    monkeypatch.setattr(
        "nnlab.onnx.backends.reference.ReferenceModel.run", lambda self, inputs: (np.zeros((1, 3), np.float32),)
    )
    with pytest.raises(ComparisonError, match=r"numpy differs from reference in output y: by .* nothing but zeros"):
        require(judge(view, drawn(view, sizes={}), engines=["numpy"]))
