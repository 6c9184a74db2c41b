"""What a model is given to run on, held against what it declares; and what it gives."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from onnx import TensorProto

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.file.tensors import array_of
from nnlab.onnx.file.views import ModelView, Size, ValueView
from nnlab.onnx.ops.base import Value, Values, is_float

LOG = logging.getLogger("nnlab.onnx")


def accepted(view: ModelView, inputs: Mapping[str, Value]) -> dict[str, Value]:
    """The inputs as arrays. Numbers and nested lists become arrays of the declared type.

    Any floating-point type stands for another (a gradient is checked in float64); initializers may be given anew.

    Raises:  DataError: naming the input that is missing, that the model does not have, or that is of another type,
             rank or size than declared.
    """
    declared = {value.name: value for value in view.graph.inputs}
    for name in inputs:
        if name not in declared and name not in view.graph.initializers:
            has = ", ".join(declared) or "none"
            raise DataError(f"the model has no such input (it has: {has})", where=f"input {name}")
    missing = [name for name in declared if name not in inputs]
    if missing:
        raise DataError("the model's input is not given", where=f"input {missing[0]}")
    return {name: _fit(declared[name], x) if name in declared else x for name, x in inputs.items()}


def named(view: ModelView, inputs: Sequence[Value]) -> dict[str, Value]:
    """Inputs by name, given in the order of the model. Raises DataError: for more than it has."""
    names = [value.name for value in view.graph.inputs]
    if len(inputs) > len(names):
        raise DataError(f"got {len(inputs)} inputs; it has {len(names)} ({', '.join(names) or 'none'})")
    return dict(zip(names, inputs, strict=False))


def note_outputs(view: ModelView, outputs: Values) -> None:
    """Says in the log where an output is not as the file declares it; such files are common, and right otherwise."""
    for declared, y in zip(view.graph.outputs, outputs, strict=True):
        shape = getattr(y, "shape", None)
        if shape is not None and declared.shape is not None and not _fits(declared.shape, shape):
            said = _shown(declared.shape)
            LOG.warning("%s: output %s is declared as %s and is %s", view.where, declared.name, said, tuple(shape))


def _fit(declared: ValueView, value: Value) -> Value:
    if not declared.is_tensor:
        return value
    where = f"input {declared.name}"
    x = _array(value, declared.dtype, where)
    if declared.dtype is not None and not _same_kind(x, np.dtype(declared.dtype)):
        raise DataError(f"the model takes {np.dtype(declared.dtype).name} and got {x.dtype.name}", where=where)
    if declared.shape is not None and not _fits(declared.shape, x.shape):
        raise DataError(f"the model takes {_shown(declared.shape)} and got {x.shape}", where=where)
    return x


def _array(value: Any, dtype: Any, where: str) -> Array:
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, TensorProto):
        return array_of(value)
    try:
        return np.asarray(value, None if isinstance(value, np.generic) else dtype)
    except Exception as error:
        raise DataError(f"got no array but {type(value).__name__}", where=where) from error


def _same_kind(x: Array, dtype: np.dtype[Any]) -> bool:
    texts = "OSUT"
    if dtype.kind in texts:
        return x.dtype.kind in texts
    return x.dtype == dtype or (is_float(x) and is_float(np.empty(0, dtype)))


def _fits(declared: Sequence[Size], shape: Sequence[int]) -> bool:
    """Whether a shape is as declared; names stand for any size, many writers say one for all that they leave open."""
    return len(declared) == len(shape) and all(
        not isinstance(said, int) or said == got for said, got in zip(declared, shape, strict=True)
    )


def _shown(declared: Sequence[Size]) -> str:
    return f"({', '.join('?' if size is None else str(size) for size in declared)})"
