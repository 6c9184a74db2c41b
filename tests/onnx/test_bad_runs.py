"""Sound files that cannot be run as they ask: memory, loops without end, numbers and shapes that do not fit."""

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from nnlab.core.errors import DataError, UsageError
from nnlab.core.types import Array
from nnlab.onnx.execute import NumpyModel
from nnlab.onnx.limits import GIB, Budget, limited, machine_memory, memory_limit, turns_limit
from nnlab.onnx.read import checked

FLOAT, BOOL, INT64 = TensorProto.FLOAT, TensorProto.BOOL, TensorProto.INT64
Engine = Callable[[ModelProto], Any]


@pytest.fixture(params=["numpy", "torch"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Makes a model runnable."""
    if request.param == "numpy":
        return lambda proto: NumpyModel(checked(proto, where="bad.onnx"))
    pytest.importorskip("torch")
    from nnlab.onnx.torch_ops.execute import TorchModel

    return lambda proto: TorchModel(checked(proto, where="bad.onnx"))


def model(nodes: list[NodeProto], stored: dict[str, Any], shape: tuple[int | str, ...] = (2, 3)) -> ModelProto:
    """From x to y."""
    x = helper.make_tensor_value_info("x", FLOAT, shape)
    y = onnx.ValueInfoProto(name="y")
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in stored.items()]
    graph = helper.make_graph(nodes, "g", [x], [y], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])


def node(operator: str, inputs: str, outputs: str = "y", **attributes: Any) -> NodeProto:
    """`node("Add", "a b")`; "-" for a name left out."""
    names = [["" if name == "-" else name for name in text.split()] for text in (inputs, outputs)]
    return helper.make_node(operator, *names, name="here", **attributes)


def refused(engine: Engine, proto: ModelProto, *words: str, x: Any = None) -> str:
    """The line that the engine answers with, when it makes the plan (folding) or runs."""
    with pytest.raises(DataError) as caught:
        engine(proto).run({"x": np.ones((2, 3), np.float32) if x is None else x})
    line = str(caught.value)
    assert len(line.splitlines()) == 1
    assert line.startswith("bad.onnx: ")
    assert caught.value.exit_code == 5
    assert "not a sound model" not in line
    for word in words:
        assert word in line
    return line


HUGE = 2**21
LARGE: dict[str, tuple[list[NodeProto], dict[str, Any]]] = {
    "ConstantOfShape": ([node("ConstantOfShape", "n")], {"n": [HUGE, HUGE]}),
    "Expand": ([node("Expand", "x n")], {"n": [HUGE, HUGE, 2, 3]}),
    "Tile": ([node("Tile", "x n")], {"n": [HUGE, HUGE]}),
    "Range": ([node("Range", "a b c")], {"a": 0, "b": 2**42, "c": 1}),
    "Range by little": ([node("Range", "a b c")], {"a": 0.0, "b": 1.0, "c": 1e-13}),
    "Resize by scales": (
        [node("Resize", "m - s")],
        {"m": np.ones((1, 1, 2, 2), np.float32), "s": np.float32([1, 1, HUGE, HUGE])},
    ),
    "Resize by sizes": (
        [node("Resize", "m - - s", mode="linear")],
        {"m": np.ones((1, 1, 2, 2), np.float32), "s": [1, 1, HUGE, HUGE]},
    ),
    "Pad": ([node("Pad", "x n")], {"n": [0, 0, HUGE, HUGE]}),
    "OneHot": ([node("OneHot", "i d v")], {"i": np.zeros(1000, np.int64), "d": 2**40, "v": [0, 1]}),
    "Gather": ([node("Gather", "m i")], {"m": np.ones((1, 2**16), np.float32), "i": np.zeros(2**22, np.int64)}),
    "MatMul": ([node("MatMul", "m w")], {"m": np.ones((2**20, 1), np.float32), "w": np.ones((1, 2**20), np.float32)}),
    "Gemm": ([node("Gemm", "m m", transB=1)], {"m": np.ones((2**20, 1), np.float32)}),
    "Einsum": ([node("Einsum", "m m", equation="i,j->ij")], {"m": np.ones(2**20, np.float32)}),
    "Add": ([node("Add", "m w")], {"m": np.ones((2**20, 1), np.float32), "w": np.ones((1, 2**20), np.float32)}),
    "Concat": ([node("Concat", "m " * 2000, axis=0)], {"m": np.ones(2**20, np.float32)}),
    "Conv": (
        [node("Conv", "m w", pads=[HUGE] * 4)],
        {"m": np.ones((1, 1, 4, 4), np.float32), "w": np.ones((1, 1, 3, 3), np.float32)},
    ),
    "ConvTranspose": (
        [node("ConvTranspose", "m w", strides=[HUGE, HUGE])],
        {"m": np.ones((1, 1, 4, 4), np.float32), "w": np.ones((1, 1, 3, 3), np.float32)},
    ),
    "MaxPool": (
        [node("MaxPool", "m", kernel_shape=[HUGE, HUGE], pads=[HUGE - 1] * 4)],
        {"m": np.ones((1, 1, 4, 4), np.float32)},
    ),
    "RandomNormal": ([node("RandomNormal", "", shape=[HUGE, HUGE])], {}),
    "HannWindow": ([node("HannWindow", "n")], {"n": 2**40}),
    "CenterCropPad": ([node("CenterCropPad", "x n")], {"n": [HUGE, HUGE]}),
    "growing step by step": (
        [node("Concat", "x x", "v0", axis=0)]
        + [node("Concat", f"v{n} v{n}", f"v{n + 1}", axis=0) for n in range(40)]
        + [node("Relu", "v40")],
        {},
    ),
}


@pytest.mark.parametrize("case", LARGE)
def test_what_cannot_fit_is_not_made(case: str, engine: Engine) -> None:
    from nnlab.onnx.limits import held_bytes

    nodes, stored = LARGE[case]
    before = held_bytes()
    with limited(memory=before + GIB):
        refused(engine, model(nodes, stored), "GiB", "node here")
        assert held_bytes() < before + 1.5 * GIB


def grower(body: list[NodeProto], trips: int | None = None) -> ModelProto:
    """A Loop that carries v, starting with x."""
    inputs = [helper.make_tensor_value_info("i", INT64, []), helper.make_tensor_value_info("on", BOOL, [])]
    inner = helper.make_graph(
        [helper.make_node("Identity", ["on"], ["still"]), *body],
        "body",
        [*inputs, onnx.ValueInfoProto(name="v")],
        [helper.make_tensor_value_info("still", BOOL, []), onnx.ValueInfoProto(name="u")],
    )
    loop = helper.make_node("Loop", ["n" if trips else "", "", "x"], ["y"], name="here", body=inner)
    return model([loop], {} if trips is None else {"n": trips})


def test_a_loop_without_end_is_ended(engine: Engine) -> None:
    with limited(turns=50):
        refused(engine, grower([node("Relu", "v", "u")]), "50 turns", "NNLAB_ONNX_TURNS")
        refused(engine, grower([node("Relu", "v", "u")], trips=2**62), "50 turns")
        engine(grower([node("Relu", "v", "u")], trips=50)).run({"x": np.ones((2, 3), np.float32)})


def test_a_loop_cannot_grow_without_measure(engine: Engine) -> None:
    from nnlab.onnx.limits import held_bytes

    with limited(memory=held_bytes() + GIB // 2):
        refused(engine, grower([node("Concat", "v v", "u", axis=0)], trips=60), "GiB")


def test_wrong_inputs(engine: Engine) -> None:
    proto = model([node("Relu", "x")], {}, (2, "N"))
    refused(engine, proto, "input x", "(2, N)", "(3, 3)", x=np.ones((3, 3), np.float32))
    refused(engine, proto, "input x", "(2, N)", x=np.ones((2, 3, 1), np.float32))
    refused(engine, proto, "input x", x=np.float32(1))
    refused(engine, proto, "input x", "float32", "int64", x=np.ones((2, 3), np.int64))
    refused(engine, proto, "input x", x=np.array([["a"] * 3] * 2))
    refused(engine, proto, "input x", "dict", x={"a": 1})
    refused(engine, proto, "input x", "list", x=[[1], [2, 3]])
    runnable = engine(proto)
    with pytest.raises(DataError, match="input x: the model's input is not given"):
        runnable.run({})
    with pytest.raises(DataError, match="input z: the model has no such input"):
        runnable.run({"x": np.ones((2, 3), np.float32), "z": np.ones(1)})
    (y,) = runnable.run({"x": [[-1.0, 2.0], [3, -4]]})
    assert (y.shape, y.dtype) == ((2, 2), np.float32)


FAILING: dict[str, tuple[list[NodeProto], dict[str, Any], tuple[str, ...]]] = {
    "shapes": ([node("Add", "x w")], {"w": np.ones((4, 5), np.float32)}, ("Add", "float32[2, 3]", "float32[4, 5]")),
    "matrices": ([node("MatMul", "x w")], {"w": np.ones((4, 5), np.float32)}, ("MatMul", "float32[4, 5]")),
    "index": ([node("Gather", "x i")], {"i": [7]}, ("Gather", "int64[1]")),
    "axis": ([node("Concat", "x x", axis=9)], {}, ("Concat",)),
    "reshape": ([node("Reshape", "x n")], {"n": [7, 7]}, ("Reshape",)),
    "overflowing shape": ([node("Reshape", "x n")], {"n": [2**62, 4]}, ("Reshape",)),
    "negative shape": ([node("Expand", "x n")], {"n": [-5, 3]}, ("Expand",)),
    "permutation": ([node("Transpose", "x", perm=[0, 0])], {}, ("Transpose",)),
    "types": ([node("Add", "x w")], {"w": np.array(["a"], object)}, ("Add",)),
    "division": ([node("Div", "n w")], {"n": [1, 2], "w": [1, 0]}, ("Div", "zero")),
    "remainder": ([node("Mod", "n w")], {"n": [1, 2], "w": [1, 0]}, ("Mod", "zero")),
    "strides of 0": (
        [node("Conv", "m w", strides=[0, 0])],
        {"m": np.ones((1, 1, 4, 4), np.float32), "w": np.ones((1, 1, 3, 3), np.float32)},
        ("Conv",),
    ),
    "groups of 0": (
        [node("Conv", "m w", group=0)],
        {"m": np.ones((1, 1, 4, 4), np.float32), "w": np.ones((1, 1, 3, 3), np.float32)},
        ("Conv",),
    ),
}


@pytest.mark.parametrize("case", FAILING)
def test_an_operator_that_fails_says_where_and_on_what(case: str, engine: Engine) -> None:
    nodes, stored, words = FAILING[case]
    refused(engine, model(nodes, stored), "node here", *words)


def test_the_first_error_is_kept_for_a_traceback() -> None:
    runnable = NumpyModel(checked(model([node("Add", "x w")], {"w": np.ones((4, 5), np.float32)})))
    with pytest.raises(DataError) as caught:
        runnable.run({"x": np.ones((2, 3), np.float32)})
    causes, error = [], caught.value.__cause__
    while error is not None:
        causes.append(type(error))
        error = error.__cause__
    assert ValueError in causes


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64])
def test_the_least_number_by_minus_one_wraps_on_both(dtype: Any, engine: Engine) -> None:
    """torch's own division ends the process here."""
    least = np.iinfo(dtype).min
    proto = model(
        [node("Div", "a b")], {"a": np.array([least, least, -7, 7], dtype), "b": np.array([-1, 2, 2, -2], dtype)}
    )
    (y,) = engine(proto).run({"x": np.ones((2, 3), np.float32)})
    np.testing.assert_array_equal(y, np.array([least, least // 2, -3, -3], dtype))


def test_an_output_of_another_shape_is_told(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    proto = model([node("Relu", "x")], {})
    proto.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", FLOAT, [3, 3]))
    with caplog.at_level(logging.WARNING):
        (y,) = engine(proto).run({"x": np.ones((2, 3), np.float32)})
    assert y.shape == (2, 3)
    assert "output y is declared as (3, 3) and is (2, 3)" in caplog.text


def test_limits_are_chosen_by_variables_and_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert memory_limit() == machine_memory() // 2
    assert turns_limit() == 100_000
    monkeypatch.setenv("NNLAB_ONNX_MEMORY_GIB", "1.5")
    monkeypatch.setenv("NNLAB_ONNX_TURNS", "7")
    assert (memory_limit(), turns_limit()) == (1.5 * GIB, 7)
    with limited(memory=10, turns=3):
        assert (memory_limit(), turns_limit()) == (10, 3)
    monkeypatch.setenv("NNLAB_ONNX_TURNS", "many")
    with pytest.raises(UsageError, match="NNLAB_ONNX_TURNS"):
        turns_limit()


def test_a_budget_looks_at_what_the_process_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.onnx.limits.held_bytes", lambda: 3 * GIB)
    budget = Budget(memory=4 * GIB, turns=1)
    budget.require(GIB - 1)
    with pytest.raises(DataError, match="GiB"):
        budget.require(GIB + 1)
    small: list[Array] = [np.zeros(1)]
    Budget(memory=2 * GIB, turns=1).count(small)  # little was made: no look
    with pytest.raises(DataError, match="holds 3"):
        Budget(memory=2 * GIB, turns=1).count([np.broadcast_to(np.zeros(1), (2**24,)).view() for _ in range(2)])
