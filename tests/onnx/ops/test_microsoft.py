"""The operators that onnxruntime's quantiser and optimiser write, against onnxruntime."""

from typing import Any

import numpy as np
import pytest
from onnx import ValueInfoProto, helper, numpy_helper

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.backends.engines import load
from nnlab.onnx.file.read import checked
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import OPERATORS, Operator

CLOSE = {"rtol": 1e-5, "atol": 1e-6}
"""float32: sums of a few dozen terms in another order, exp and erf of another library."""

Case = tuple[str, list[Array | None], dict[str, Any], int]


def whole(*shape: int, dtype: Any = np.uint8, seed: int = 0) -> Array:
    """Random whole numbers of 8 bits.

    With a sign of 7 bits: where a processor has no instruction for it, onnxruntime adds products of 8 in 16 bits, and
    those of two large numbers do not fit.
    """
    low, high = (0, 256) if dtype == np.uint8 else (-64, 64)
    return np.random.default_rng(seed).integers(low, high, shape).astype(dtype)


def real(*shape: int, seed: int = 0) -> Array:
    """Random numbers around 0."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def s(number: float) -> Array:
    """A scale."""
    return np.array(number, np.float32)


def z(number: int, dtype: Any = np.uint8) -> Array:
    """A zero point."""
    return np.array(number, dtype)


IMAGE, FILTERS = real(2, 4, 6, 5), real(3, 4, 3, 3, seed=1)
SMALL, LAST = whole(2, 4, 6, 5), whole(2, 6, 5, 4)
TO = [s(0.037), z(11)]
REAL, OTHER = real(2, 3, 4), real(2, 3, 4, seed=1)
YES = np.array([True, False, True])

FLOATS: list[Case] = [
    *(
        ("FusedConv", [IMAGE, FILTERS, real(3)], {"activation": name, "activation_params": numbers, "pads": [1] * 4}, 1)
        for name, numbers in (("Relu", []), ("Tanh", []), ("Sigmoid", []), ("LeakyRelu", [0.3]), ("Clip", [-1.0, 2.0]))
    ),
    ("FusedConv", [IMAGE, FILTERS, None, real(2, 3, 4, 3, seed=2)], {"activation": "Relu"}, 1),
    ("FusedConv", [IMAGE, FILTERS, real(3)], {"activation": "HardSigmoid", "activation_params": [0.3, 0.4]}, 1),
    ("FusedGemm", [real(4, 3), real(4, 5), real(5)], {"activation": "Elu", "activation_alpha": 0.3, "transA": 1}, 1),
    ("FusedGemm", [real(4, 3), real(5, 3)], {"activation": "Tanh", "alpha": 0.7, "transB": 1}, 1),
    ("FusedMatMul", [real(2, 3, 4), real(2, 5, 4)], {"alpha": 0.5, "transB": 1}, 1),
    ("FusedMatMul", [real(4, 3), real(4, 5)], {"transA": 1}, 1),
    ("FusedMatMul", [real(3, 2, 4), real(2, 4, 5)], {"transBatchA": 1}, 1),
    ("FusedMatMul", [real(4, 2, 3), real(5, 2, 4)], {"transBatchA": 1, "transA": 1, "transBatchB": 1, "transB": 1}, 1),
    ("Gelu", [real(3, 4)], {}, 1),
    ("BiasGelu", [real(2, 3, 4), real(4, seed=1)], {}, 1),
    ("FastGelu", [real(2, 3, 4), real(4, seed=1)], {}, 1),
    ("FastGelu", [real(3, 4)], {}, 1),
    ("QuickGelu", [real(3, 4)], {"alpha": 1.3}, 1),
    ("SkipLayerNormalization", [REAL, OTHER, real(4), real(4, seed=2), real(4, seed=3)], {}, 1),
    ("SkipLayerNormalization", [REAL, OTHER, real(4)], {"epsilon": 0.1}, 1),
    ("SkipSimplifiedLayerNormalization", [REAL, OTHER, real(4), real(4, seed=3)], {}, 1),
    ("MatMulIntegerToFloat", [whole(3, 4), whole(4, 5, dtype=np.int8), s(0.1), real(5), z(3), z(-2, np.int8)], {}, 1),
    ("MatMulIntegerToFloat", [whole(3, 4), whole(4, 5), s(0.1), s(0.2), None, None, real(5)], {}, 1),
    ("DynamicQuantizeMatMul", [real(3, 4), whole(4, 5, dtype=np.int8), s(0.1), z(3, np.int8), real(5)], {}, 1),
    ("QGemm", [whole(3, 4), s(0.1), z(7), whole(4, 5, dtype=np.int8), s(0.2), z(0, np.int8)], {"alpha": 0.5}, 1),
    ("DequantizeLinear", [whole(3, 4), s(0.1), z(7)], {}, 1),
]  # fmt: skip

WHOLE: list[Case] = [
    *(
        (name, [whole(2, 3, 4), s(0.05), z(9), whole(3, 1, seed=1), s(0.03), z(130), *TO], {}, 1)
        for name in ("QLinearAdd", "QLinearMul")
    ),
    ("QLinearConcat", [*TO, whole(2, 3), s(0.05), z(9), whole(2, 1), s(0.02), z(3), whole(2, 2), *TO], {"axis": 1}, 1),
    ("QLinearAveragePool", [SMALL, s(0.05), z(9), *TO], {"kernel_shape": [3, 2], "pads": [1, 0, 1, 1]}, 1),
    ("QLinearAveragePool", [SMALL, s(0.05), z(9), *TO], {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}, 1),
    ("QLinearAveragePool", [LAST, s(0.05), z(9), *TO], {"kernel_shape": [2, 2], "channels_last": 1}, 1),
    ("QLinearGlobalAveragePool", [SMALL, s(0.05), z(9), *TO], {"channels_last": 0}, 1),
    ("QLinearGlobalAveragePool", [LAST, s(0.05), z(9), *TO], {"channels_last": 1}, 1),
    ("QLinearSigmoid", [whole(50), s(0.05), z(120), s(1 / 256), z(0)], {}, 1),
    ("QLinearLeakyRelu", [whole(50), s(0.05), z(120), *TO], {"alpha": 0.2}, 1),
    ("QLinearSoftmax", [whole(4, 5), s(0.05), z(120), s(1 / 256), z(0)], {"axis": 1, "opset": 13}, 1),
    ("QLinearSoftmax", [whole(4, 5, 3), s(0.05), z(120), s(1 / 256), z(0)], {"axis": 1, "opset": 12}, 1),
    ("QLinearWhere", [YES, whole(3), s(0.05), z(9), whole(3, seed=1), s(0.02), z(3), *TO], {}, 1),
    ("NhwcMaxPool", [LAST], {"kernel_shape": [2, 3], "strides": [2, 1]}, 1),
    ("QLinearConv", [LAST, s(0.05), z(9), whole(3, 4, 3, 3, seed=1), s(0.02), z(128), s(0.9), z(120)],
     {"channels_last": 1, "pads": [1, 1, 1, 1]}, 1),
    ("QGemm", [whole(3, 4), s(0.1), z(7), whole(5, 4, dtype=np.int8), s(0.02), z(0, np.int8),
               np.arange(5, dtype=np.int32), s(0.7), z(100)], {"transB": 1}, 1),
    ("QuantizeLinear", [real(3, 4), s(0.01), z(128)], {}, 1),
]  # fmt: skip


def view_of(case: Case, domain: str = "com.microsoft", opset: int = 17) -> tuple[ModelView, dict[str, Array]]:
    """A model of one node whose inputs are given, and what they are given; scales and the like are stored."""
    name, inputs, attributes, outputs = case
    asked = [f"x{n}" if x is not None else "" for n, x in enumerate(inputs)]
    first = {f"x{n}" for n, x in enumerate(inputs) if x is not None and x.ndim}
    given = {n: x for n, x in zip(asked, inputs, strict=True) if n in first and x is not None}
    given = {n: x for n, x in given.items() if n == next(iter(given))}
    stored = [numpy_helper.from_array(x, n) for n, x in zip(asked, inputs, strict=True) if n and n not in given]
    names = [f"y{n}" for n in range(outputs)]
    graph = helper.make_graph(
        [helper.make_node(name, asked, names, domain=domain, **{k: v for k, v in attributes.items() if v != []})],
        "one",
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for n, x in given.items()],
        [ValueInfoProto(name=n) for n in names],
        stored,
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    return checked(helper.make_model(graph, opset_imports=opsets, ir_version=8)), given


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("case", FLOATS, ids=lambda case: f"{case[0]}-{sorted(case[2])}")
def test_numbers_as_onnxruntime(case: Case, engine: str) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip(engine)
    view, given = view_of(case)
    for y, other in zip(load(view, engine).run(given), load(view, "onnxruntime").run(given), strict=True):
        assert (y.shape, y.dtype) == (other.shape, other.dtype)
        np.testing.assert_allclose(y, other, **CLOSE)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("case", WHOLE, ids=lambda case: f"{case[0]}-{sorted(case[2])}")
def test_whole_numbers_as_onnxruntime(case: Case, engine: str) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip(engine)
    view, given = view_of(case)
    for y, other in zip(load(view, engine).run(given), load(view, "onnxruntime").run(given), strict=True):
        assert (y.shape, y.dtype) == (other.shape, other.dtype)
        off = np.abs(y.astype(int) - other.astype(int))
        # Numbers halfway between two whole ones fall to either side, by how the scales are multiplied.
        assert off.max() <= 1 and np.mean(off > 0) <= 0.1, f"{np.mean(off > 0):.0%} differ, by at most {off.max()}"


@pytest.mark.parametrize("name", sorted({case[0] for case in WHOLE} | {"DynamicQuantizeLSTM", "DynamicQuantizeMatMul"}))
def test_nothing_whole_has_a_gradient(name: str) -> None:
    cls = OPERATORS.get("com.microsoft", name, 1)
    assert cls is not None and cls.backward is Operator.backward


def test_zero_points_that_are_left_out_are_0() -> None:
    case = next(case for case in WHOLE if case[0] == "QLinearAdd")
    inputs = [z(0) if place in {2, 5, 7} else x for place, x in enumerate(case[1])]
    left_out = [None if place in {2, 5} else x for place, x in enumerate(inputs[:7])]
    for engine in ("numpy", "torch"):
        pytest.importorskip(engine)
        (y,), (other,) = (
            load(view, engine).run(given)
            for view, given in (view_of((*case[:1], i, *case[2:])) for i in (inputs, left_out))
        )
        assert y.dtype == other.dtype == np.uint8
        np.testing.assert_array_equal(y, other)


def test_what_has_another_name_in_old_models() -> None:
    pytest.importorskip("onnxruntime")
    x, scale = real(2, 3, 4), real(4, seed=1)
    for case in (
        ("LayerNormalization", [x, scale], {"axis": -1}, 1),
        ("SimplifiedLayerNormalization", [x, scale], {}, 1),
    ):
        view, given = view_of(case, domain="", opset=13)
        for y, other in zip(load(view).run(given), load(view, "onnxruntime").run(given), strict=True):
            np.testing.assert_allclose(y, other, **CLOSE)


def test_a_softmax_of_before_13_without_an_axis_is_over_the_channels() -> None:
    inputs = [whole(1, 5, 1, 1), s(0.01), z(0), s(1 / 256), z(0)]
    view, given = view_of(("QLinearSoftmax", inputs, {"opset": 11}, 1))
    (y,) = load(view).run(given)
    assert abs(int(y.sum()) - 256) <= 3  # five numbers, each rounded by a half at most


def test_an_activation_that_is_none() -> None:
    view, given = view_of(("FusedConv", [IMAGE, FILTERS], {"activation": "Sine"}, 1))
    with pytest.raises(DataError, match="its activation 'Sine' is none of Relu, "):
        load(view).run(given)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("ways", [1, 2])
def test_an_lstm_of_8_bits(ways: int, engine: str) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip(engine)
    hidden, width = 3, 4
    weights = [whole(ways, n, 4 * hidden, dtype=np.int8, seed=n) for n in (width, hidden)]
    scales = [np.full(ways, 0.01, np.float32), np.zeros(ways, np.int8)] * 2
    inputs = [real(5, 2, width), *weights, real(ways, 8 * hidden), None, None, None, None, *scales]
    attributes = {"hidden_size": hidden, "direction": "bidirectional" if ways == 2 else "forward"}
    view, given = view_of(("DynamicQuantizeLSTM", inputs, attributes, 3))
    for y, other in zip(load(view, engine).run(given), load(view, "onnxruntime").run(given), strict=True):
        assert (y.shape, y.dtype) == (other.shape, other.dtype)
        np.testing.assert_allclose(y, other, rtol=0, atol=2e-3)  # a number halfway between two of 8 bits: 1/255 of h
