"""Range."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, is_float
from nnlab.onnx.ops.unary import as_dtype, widened


@OPERATORS.register("Range", since=(11, 27))
@dataclass(frozen=True, kw_only=True, eq=False)
class Range(Operator):
    """y[i] = start + i delta, for as long as limit is not reached

    Shapes:  start, limit, delta: (); y: (max(0, (limit - start) / delta rounded up),)
    Gradient:  dstart = sum(dy);  ddelta = sum(i dy[i])
    Options:  stash_type: in which type halves are computed; always float32 here.
    """

    stash_type: int | None = None

    def forward(self, start: Array, limit: Array, delta: Array) -> Array:
        """y"""
        steps = np.arange(length(start.item(), limit.item(), delta.item()))
        first, by = widened(start), widened(delta)
        return as_dtype(first + steps.astype(first.dtype) * by, start.dtype)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dstart, None, ddelta"""
        (dy,), (start, _, delta) = dys, inputs
        if dy is None or not is_float(start):
            return None, None, None
        wide = widened(dy)
        steps = np.arange(len(dy), dtype=wide.dtype)
        return (
            as_dtype(wide.sum(), start.dtype).reshape(start.shape),
            None,
            as_dtype((steps * wide).sum(), delta.dtype).reshape(delta.shape),
        )

    def most_elements(self, inputs: Values) -> float:
        """Range: (limit - start) / delta."""
        start, limit, delta = (float(x.reshape(-1).tolist()[0]) for x in inputs[:3])
        return max(0.0, math.ceil((limit - start) / delta)) if math.isfinite((limit - start) / delta) else 1e30


def length(start: float, limit: float, delta: float) -> int:
    """How many numbers there are. Raises DataError: where there is no end to them."""
    if delta == 0 or not all(map(math.isfinite, (start, limit, delta))):
        raise DataError(f"Range from {start} to {limit} by {delta} has no end")
    if isinstance(delta, int):
        return len(range(int(start), int(limit), delta))
    return max(math.ceil((limit - start) / delta), 0)
