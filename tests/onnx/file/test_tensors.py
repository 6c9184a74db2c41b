"""Stored tensors as arrays: every element type and every form of storage."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from nnlab.core.errors import DataError
from nnlab.onnx.file.tensors import array_of, claimed_values, dtype_of, elem_type_of, stored_bytes

RAW = [
    np.array([1.5, -2], np.float16),
    np.array([1.5, -2], np.float32),
    np.array([1.5, -2], np.float64),
    np.array([1, 0, 1], np.bool_),
    np.array([1 + 2j], np.complex64),
    np.array([1 + 2j], np.complex128),
    *(np.array([0, 1, 100], kind) for kind in (np.uint8, np.uint16, np.uint32, np.uint64)),
    *(np.array([-100, 0, 100], kind) for kind in (np.int8, np.int16, np.int32, np.int64)),
    np.array([1.5, -2], ml_dtypes.bfloat16),
    np.array([0.5, -2], ml_dtypes.float8_e4m3fn),
    np.array([0.5, -2], ml_dtypes.float8_e4m3fnuz),
    np.array([0.5, -2], ml_dtypes.float8_e5m2),
    np.array([0.5, -2], ml_dtypes.float8_e5m2fnuz),
    np.array([-8, 7, 3], ml_dtypes.int4),  # an odd count: half of the last byte is empty
    np.array([0, 15, 3], ml_dtypes.uint4),
    np.array([0.5, -6, 3], ml_dtypes.float4_e2m1fn),
]


def same(got: Any, expected: Any) -> None:
    assert (got.shape, got.dtype) == (expected.shape, expected.dtype)
    assert got.tobytes() == expected.tobytes()


@pytest.mark.parametrize("array", RAW, ids=lambda array: array.dtype.name)
def test_raw_bytes(array: Any) -> None:
    tensor = numpy_helper.from_array(array, "w")
    assert tensor.HasField("raw_data")
    same(array_of(tensor), array)
    assert dtype_of(elem_type_of(array.dtype)) == array.dtype


@pytest.mark.parametrize("array", RAW, ids=lambda array: array.dtype.name)
def test_typed_fields(array: Any) -> None:
    values = array.astype(np.float32) if array.dtype.kind == "V" or "float" in array.dtype.name else array
    values = values.astype(np.int32) if "int4" in array.dtype.name else values
    tensor = helper.make_tensor("w", elem_type_of(array.dtype), array.shape, values)
    assert not tensor.HasField("raw_data")
    same(array_of(tensor), array)


def test_texts() -> None:
    tensor = helper.make_tensor("w", TensorProto.STRING, [2], ["é", "ab"])
    got = array_of(tensor)
    assert (got.shape, got.dtype) == ((2,), np.dtype(object))
    assert [text.decode() if isinstance(text, bytes) else text for text in got] == ["é", "ab"]


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1, 1)])
def test_single_and_empty_ones(shape: tuple[int, ...]) -> None:
    array = np.full(shape, 2.5, np.float32)
    same(array_of(numpy_helper.from_array(array, "w")), array)


@pytest.mark.parametrize("dims", [[3], [2, 2], [-1]])
def test_values_that_do_not_fit_the_shape(dims: list[int]) -> None:
    tensor = numpy_helper.from_array(np.zeros(2, np.float32), "w")
    del tensor.dims[:]
    tensor.dims.extend(dims)
    with pytest.raises(DataError, match="shape") as raised:
        array_of(tensor)
    assert raised.value.where == "tensor w"


def test_values_elsewhere_that_were_not_fetched() -> None:
    tensor = TensorProto(name="w", dims=[2], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    with pytest.raises(DataError, match="another file"):
        array_of(tensor)


def test_no_such_type() -> None:
    with pytest.raises(DataError, match="no element type 99"):
        dtype_of(99)


def test_what_is_claimed_and_what_is_there() -> None:
    tensor = numpy_helper.from_array(np.zeros((2, 3), np.float32), "w")
    assert (claimed_values(tensor), stored_bytes(tensor)) == (6, 24)
