"""Sound files that cannot be run as they ask: memory, loops without end, numbers and shapes that do not fit."""

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from nnlab.core.errors import DataError
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import checked
from nnlab.onnx.limits import GIB, limited

FLOAT, BOOL, INT64 = TensorProto.FLOAT, TensorProto.BOOL, TensorProto.INT64
Engine = Callable[[ModelProto], Any]


def numpy_engine(proto: ModelProto) -> NumpyModel:
    """A model on the hand-written engine."""
    return NumpyModel(checked(proto, where="bad.onnx"))


@pytest.fixture(params=["numpy", "torch"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Makes a model runnable."""
    if request.param == "numpy":
        return numpy_engine
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
IMAGE = np.ones((1, 1, 4, 4), np.float32)
GRAMS: dict[str, Any] = {
    "max_skip_count": 5,
    "min_gram_length": 1,
    "mode": "TF",
    "ngram_counts": [0],
    "pool_int64s": [1],
}
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
        {"m": IMAGE, "w": np.ones((1, 1, 3, 3), np.float32)},
    ),
    "ConvTranspose": (
        [node("ConvTranspose", "m w", strides=[HUGE, HUGE])],
        {"m": IMAGE, "w": np.ones((1, 1, 3, 3), np.float32)},
    ),
    "MaxPool": (
        [node("MaxPool", "m", kernel_shape=[HUGE, HUGE], pads=[HUGE - 1] * 4)],
        {"m": IMAGE},
    ),
    "RandomNormal": ([node("RandomNormal", "", shape=[HUGE, HUGE])], {}),
    "HannWindow": ([node("HannWindow", "n")], {"n": 2**40}),
    "CenterCropPad": ([node("CenterCropPad", "x n")], {"n": [HUGE, HUGE]}),
    "LRN": ([node("LRN", "m", size=2**40)], {"m": IMAGE}),
    "RoiAlign": (
        [node("RoiAlign", "m r b", sampling_ratio=2**40)],
        {"m": IMAGE, "r": np.ones((1, 4), np.float32), "b": [0]},
    ),
    "RoiAlign of a vast region": (
        [node("RoiAlign", "m r b")],
        {"m": IMAGE, "r": np.float32([[0, 0, 1e12, 1e12]]), "b": [0]},
    ),
    "a filter without end": (
        [node("Resize", "m - s", mode="linear", antialias=1)],
        {"m": IMAGE, "s": np.float32([1, 1, 1e-12, 1e-12])},
    ),
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


def test_a_text_is_not_searched_for_longer_words_than_it_has() -> None:
    """Found by fuzzing: 2^40 lengths were tried."""
    words = node("TfIdfVectorizer", "n", **GRAMS, max_gram_length=2**40, ngram_indexes=[0])
    (y,) = NumpyModel(checked(model([words], {"n": [1, 1, 2]}))).run({"x": np.ones((2, 3), np.float32)})
    np.testing.assert_array_equal(y, np.float32([2]))
    words = node("TfIdfVectorizer", "n", **GRAMS, max_gram_length=1, ngram_indexes=[2**40])
    refused(numpy_engine, model([words], {"n": [1, 1, 2]}), "GiB")


@pytest.mark.parametrize("pattern", ["(a|a)*b", "(a*)*b", ".*" * 6 + "=", "a?" * 40 + "a" * 40, r"(a)\1", "(", "*"])
def test_patterns_that_never_end_are_refused(pattern: str) -> None:
    proto = model([node("RegexFullMatch", "t", pattern=pattern)], {"t": np.array(["a" * 3000], object)})
    proto.opset_import[0].version = 20
    refused(numpy_engine, proto, "node here (RegexFullMatch)", "pattern")


def test_torch_has_no_gradient_where_shapes_do_not_fit() -> None:
    """Found by fuzzing: torch's forward takes fewer indices than updates, its backward does not."""
    pytest.importorskip("torch")
    from nnlab.onnx.torch_ops.execute import TorchModel

    stored = {"i": [[0]], "u": np.ones((1, 2), np.float32)}
    runnable = TorchModel(checked(model([node("ScatterElements", "x i u", axis=1)], stored), where="bad.onnx"))
    with pytest.raises(DataError, match=r"bad\.onnx"):
        runnable.gradients({"x": np.ones((2, 3), np.float32)}, [np.ones((2, 3), np.float32)])


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
        {"m": IMAGE, "w": np.ones((1, 1, 3, 3), np.float32)},
        ("Conv",),
    ),
    "groups of 0": (
        [node("Conv", "m w", group=0)],
        {"m": IMAGE, "w": np.ones((1, 1, 3, 3), np.float32)},
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
