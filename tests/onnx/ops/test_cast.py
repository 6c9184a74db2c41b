"""The tables of ONNX's documentation for Cast, value by value, and the same on torch."""

import ml_dtypes
import numpy as np
import pytest
from onnx import TensorProto

from nnlab.onnx.ops.bit_cast import BitCast
from nnlab.onnx.ops.cast import Cast, cast

NAN, INF = np.nan, np.inf
LARGEST = {"float8_e4m3fn": 448.0, "float8_e4m3fnuz": 240.0, "float8_e5m2": 57344.0, "float8_e5m2fnuz": 57344.0}


@pytest.mark.parametrize("name", LARGEST)
def test_eight_bits_saturate(name: str) -> None:
    x = np.array([0.0, NAN, INF, -INF, 1e6, -1e6, 1.0625], np.float32)
    y = cast(x, np.dtype(name))
    assert (y.shape, y.dtype.name) == (x.shape, name)
    most = LARGEST[name]
    np.testing.assert_array_equal(y.astype(np.float32), [0, NAN, most, -most, most, -most, 1])


@pytest.mark.parametrize("name", LARGEST)
def test_eight_bits_without_saturation(name: str) -> None:
    y = cast(np.array([INF, -INF, 1e6, -1e6], np.float32), np.dtype(name), saturate=False).astype(np.float32)
    np.testing.assert_array_equal(y, [INF, -INF, INF, -INF] if name == "float8_e5m2" else [NAN] * 4)


def test_powers_of_two() -> None:
    x = np.array([1, 1.25, 1.5, 1.75, 3e38, 0, NAN], np.float32)

    def to(round_mode: str, saturate: bool) -> list[float]:
        y = cast(x, np.dtype(ml_dtypes.float8_e8m0fnu), saturate=saturate, round_mode=round_mode)
        return y.astype(np.float32).tolist()

    least, most = 2.0**-127, 2.0**127
    np.testing.assert_array_equal(to("up", True), [1, 2, 2, 2, most, least, NAN])
    np.testing.assert_array_equal(to("nearest", False), [1, 1, 2, 2, NAN, least, NAN])
    np.testing.assert_array_equal(to("down", True), [1, 1, 1, 1, most, least, NAN])


def test_texts_are_read_and_written() -> None:
    texts = np.array(["3.5", "1e-5", "+INF", "nan", "-7"], object)
    np.testing.assert_array_equal(cast(texts, np.float32), np.array([3.5, 1e-5, INF, NAN, -7], np.float32))
    np.testing.assert_array_equal(cast(np.array([["9007199254740993", "2.9"]], object), np.int64), [[2**53 + 1, 2]])
    written = cast(np.array([0.1, 2], np.float32), object)
    assert written.dtype == object and written.tolist() == ["0.1", "2.0"]


def test_whole_numbers_lose_their_high_bits() -> None:
    y = cast(np.array([200, -129], np.int16), np.int8)
    assert (y.dtype, y.tolist()) == (np.int8, [-56, 127])


@pytest.mark.parametrize("to", ["FLOAT16", "BFLOAT16", "INT8", "BOOL", "UINT16", "FLOAT8E5M2", "INT4"])
def test_torch_casts_alike(to: str) -> None:
    torch = pytest.importorskip("torch")
    from nnlab.onnx.torch_ops.arrays import to_array
    from nnlab.onnx.torch_ops.cast import cast as on_torch

    x = np.array([[0.0, 1.6, 5.25], [2.0, 3.9, 7.0]], np.float32)
    operator = Cast(to=getattr(TensorProto, to))
    expected, got = operator.forward(x), to_array(on_torch(operator, torch.from_numpy(x)))
    assert (got.shape, got.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(got, expected)


def test_bits_of_less_than_a_byte_are_read_with_their_sign() -> None:
    y = BitCast(to=TensorProto.UINT4).forward(np.array([-1, 7, -8], ml_dtypes.int4))
    assert (y.dtype.name, y.astype(int).tolist()) == ("uint4", [15, 7, 8])
    back = BitCast(to=TensorProto.INT4).forward(y)
    assert (back.dtype.name, back.astype(int).tolist()) == ("int4", [-1, 7, -8])
