"""ONNX tensors as arrays, in every form in which a file may store them, and back."""

import math
import stat
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
    if any(not _is_text(text) for text in tensor.string_data):
        raise DataError("has a text that is no UTF-8", where=where)
    try:
        array: Array = numpy_helper.to_array(tensor)
    except Exception as error:  # whatever numpy and onnx say of bytes that do not fit
        raise DataError(f"its values do not fit its shape {list(tensor.dims)} ({error})", where=where) from None
    if array.shape != tuple(tensor.dims):
        raise DataError(f"has {array.size} values and the shape {list(tensor.dims)}", where=where)
    return array


def dtype_of(elem_type: int, where: str | None = None) -> Any:
    """NumPy's dtype of an ONNX element type. Raises DataError: when there is no such type."""
    try:
        return onnx.helper.tensor_dtype_to_np_dtype(elem_type)
    except KeyError:
        raise DataError(f"there is no element type {elem_type}", where=where) from None


def elem_type_of(dtype: Any) -> int:
    """ONNX's element type of a NumPy dtype."""
    return int(onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))


def _is_text(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def stored_bytes(tensor: TensorProto) -> int:
    """How many bytes of values a tensor brings along itself."""
    if tensor.HasField("raw_data"):
        return len(tensor.raw_data)
    fields = (tensor.float_data, tensor.int32_data, tensor.int64_data, tensor.double_data, tensor.uint64_data)
    return sum(len(field) * 8 for field in fields) + sum(len(text) for text in tensor.string_data)


def claimed_values(tensor: TensorProto) -> int:
    """How many values its shape says that it has."""
    return math.prod(tensor.dims)


def claimed_bytes(tensor: TensorProto, where: str) -> int:
    """How many bytes its values take in raw form. Raises DataError: when its element type is none."""
    width = max(1, int(dtype_of(tensor.data_type, where).itemsize))
    to_a_byte = _PACKED.get(tensor.data_type, 1)
    return -(-claimed_values(tensor) * width // to_a_byte)


_PACKED = {
    kind: to_a_byte
    for name, to_a_byte in (("INT4", 2), ("UINT4", 2), ("FLOAT4E2M1", 2), ("INT2", 4), ("UINT2", 4))
    if (kind := getattr(TensorProto, name, None)) is not None
}
"""Element types of which several share a byte."""


def external_path(tensor: TensorProto, model: Path) -> tuple[Path, int, int | None]:
    """File, offset and length of values that are kept in another file.

    Where the model's file is a link, its values may lie beside the real file, or be a link to there: a cache's names
    for its blobs.

    Options:  model: its file.
    Raises:   DataError: when the file is not inside the model's own folder (links followed), or its numbers are none.
    """
    where = f"tensor {tensor.name}"
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    try:
        path = None if Path(location).is_absolute() or not location else _within(model, location)
    except (OSError, RuntimeError, TypeError, ValueError):  # no UTF-8, a zero byte, too long, a circle of links
        path = None
    if path is None:
        raise DataError(f"keeps its values in {location[:80]!r}, outside the model's folder", where=where)
    try:
        offset, length = int(entries.get("offset", 0)), entries.get("length")
        size = None if length is None else int(length)
    except ValueError:
        raise DataError("says no number for where its values begin or end", where=where) from None
    if not 0 <= offset < 2**62 or (size is not None and size < 0):
        raise DataError("says a place for its values that no file has", where=where)
    return path, offset, size


def _within(model: Path, location: str) -> Path | None:
    """The real path of a file beside a model; None where it is neither in the model's folder nor in its real one."""
    named, own, real = model.parent / location, model.parent.resolve(), model.resolve().parent
    if _is_in(named.resolve(), own):
        return named.resolve() if named.exists() or not model.is_symlink() else _beside(real, location)
    linked = model.is_symlink() and named.is_symlink() and ".." not in Path(location).parts
    return named.resolve() if linked and _is_in(named.resolve(), real) else None


def _beside(folder: Path, location: str) -> Path | None:
    path = (folder / location).resolve()
    return path if _is_in(path, folder) else None


def _is_in(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder) and path != folder


def read_bytes(
    path: Path, *, where: str, offset: int = 0, length: int | None = None, at_most: int | None = None, what: str = ""
) -> bytes:
    """The bytes of a plain file: no device, pipe or folder, which would be read for ever.

    Options:  length: at most so many; None for all.  at_most: larger files are refused, `what` says why.
    Raises:  DataError: when it cannot be read.
    """
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise DataError("is not a plain file", where=where)
        if at_most is not None and state.st_size > at_most:
            raise DataError(what, where=where)
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(-1 if length is None else length)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise DataError(f"cannot be read ({said})", where=where, hint="check the path") from None
