"""Inputs to try a model on: from a file, or drawn."""

from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.registry import nearest
from nnlab.core.types import Array
from nnlab.onnx.engine.shapes import Sizes, shape_of
from nnlab.onnx.file.views import ModelView, ValueView
from nnlab.onnx.ops.base import Value, is_float


def drawn(view: ModelView, *, sizes: Sizes, seed: int = 0) -> dict[str, Value]:
    """Random inputs: floating-point numbers from 0 to 1 as of images, whole ones 0 or 1. Open axes have size 1.

    Raises:  UsageError: for a size of an input that the model does not have, or that it cannot have.
             DataError: for inputs that are no tensors or whose rank is not said.
    """
    require_inputs(view, sizes)
    random = np.random.default_rng(seed)
    return {value.name: _drawn(value, shape_of(value, sizes), random) for value in view.graph.inputs}


def read_inputs(view: ModelView, path: str | Path) -> dict[str, Value]:
    """The inputs in an .npz file, by name; of a model with one input, the file's only array.

    Raises:  DataError: when it cannot be read, or lacks an input.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except Exception as error:  # whatever numpy and zipfile say of what is no .npz
        raise DataError(f"is not an .npz file of arrays ({error})", where=str(path)) from error
    names = [value.name for value in view.graph.inputs]
    if len(names) == len(found) == 1:
        return {names[0]: next(iter(found.values()))}
    lacking = [name for name in names if name not in found]
    if lacking:
        has = ", ".join(found) or "nothing"
        raise DataError(f"has no array for the model's input {lacking[0]!r} (it has: {has})", where=str(path))
    return {name: found[name] for name in names}


def sizes_to_give(view: ModelView, sizes: Sizes) -> str | None:
    """The flags that give sizes to axes that the file leaves open and that were drawn as 1; None where there are none.

    224 stands for a height or width: whoever types it knows what the model is for.
    """
    flags = [
        f"--size={value.name}=" + ",".join(str(_usual(size, axis)) for axis, size in enumerate(value.shape))
        for value in view.graph.inputs
        if value.shape and value.name not in sizes and any(not isinstance(size, int) for size in value.shape[1:])
    ]
    return " ".join(flags) or None


def _usual(size: Any, axis: int) -> int:
    return size if isinstance(size, int) else (1, 3, 224, 224)[min(axis, 3)]


def require_inputs(view: ModelView, sizes: Sizes) -> None:
    """Raises UsageError: for sizes of an input that the model does not have, or that contradict what it declares."""
    declared = {value.name: value for value in view.graph.inputs}
    for name, size in sizes.items():
        if name not in declared:
            near = nearest(name, list(declared)) or list(declared)
            raise UsageError(f"the model has no input {name!r}", where="--size", hint=f"it has {' and '.join(near)}")
        shape = declared[name].shape
        if shape is not None and (
            len(shape) != len(size) or any(isinstance(s, int) and s != n for s, n in zip(shape, size, strict=False))
        ):
            said = ",".join("?" if not isinstance(s, int) else str(s) for s in shape)
            raise UsageError(f"input {name} is {said} and cannot be {','.join(map(str, size))}", where="--size")


def _drawn(value: ValueView, shape: tuple[int, ...] | None, random: np.random.Generator) -> Array:
    where = f"input {value.name}"
    if shape is None or value.dtype is None:
        raise DataError("cannot be drawn: it is no tensor of a known rank", where=where, hint="give --input=FILE.npz")
    dtype = np.dtype(value.dtype)
    if dtype.kind in "OSUT":
        raise DataError("cannot be drawn: it is text", where=where, hint="give --input=FILE.npz")
    if is_float(np.empty(0, dtype)):
        return random.random(shape).astype(dtype)
    return random.integers(0, 2, shape).astype(dtype)
