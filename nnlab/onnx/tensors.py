"""ONNX tensors as arrays, in every form in which a file may store them, and back."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from nnlab.core.errors import DataError
from nnlab.core.types import Array


def array_of(tensor: TensorProto) -> Array:
    """The array of a tensor. External data has to be there already (read.py fetches it).

    Raises:  DataError: when it has no known type, or as many values as its shape does not say.
    """
    where = f"tensor {tensor.name or '(without a name)'}"
    if any(size < 0 for size in tensor.dims):
        raise DataError(f"has a shape of {list(tensor.dims)}", where=where)
    if tensor.data_location == TensorProto.EXTERNAL:
        raise DataError("keeps its values in another file, which was not read", where=where)
    try:
        array: Array = numpy_helper.to_array(tensor)
    except Exception as error:  # whatever numpy and onnx say of bytes that do not fit
        raise DataError(f"its values do not fit its shape {list(tensor.dims)} ({error})", where=where) from None
    if array.shape != tuple(tensor.dims):
        raise DataError(f"has {array.size} values and the shape {list(tensor.dims)}", where=where)
    return array


def dtype_of(elem_type: int) -> Any:
    """NumPy's dtype of an ONNX element type. Raises DataError: when there is no such type."""
    try:
        return onnx.helper.tensor_dtype_to_np_dtype(elem_type)
    except KeyError:
        raise DataError(f"there is no element type {elem_type}") from None


def elem_type_of(dtype: Any) -> int:
    """ONNX's element type of a NumPy dtype."""
    return int(onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))


def stored_bytes(tensor: TensorProto) -> int:
    """How many bytes of values a tensor brings along itself."""
    if tensor.HasField("raw_data"):
        return len(tensor.raw_data)
    fields = (tensor.float_data, tensor.int32_data, tensor.int64_data, tensor.double_data, tensor.uint64_data)
    return sum(len(field) * 8 for field in fields) + sum(len(text) for text in tensor.string_data)


def claimed_values(tensor: TensorProto) -> int:
    """How many values its shape says that it has."""
    return math.prod(tensor.dims)


def external_path(tensor: TensorProto, folder: Path) -> tuple[Path, int, int | None]:
    """File, offset and length of values that are kept in another file.

    Raises:  DataError: when the file is not inside the model's own folder, or its numbers are none.
    """
    where = f"tensor {tensor.name}"
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    path = (folder / location).resolve()
    if not location or Path(location).is_absolute() or not path.is_relative_to(folder.resolve()):
        raise DataError(f"keeps its values in {location!r}, outside the model's folder", where=where)
    try:
        offset, length = int(entries.get("offset", 0)), entries.get("length")
        size = None if length is None else int(length)
    except ValueError:
        raise DataError("says no number for where its values begin or end", where=where) from None
    if offset < 0 or (size is not None and size < 0):
        raise DataError("says a negative place for its values", where=where)
    return path, offset, size
