"""Trilu."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


@OPERATORS.register("Trilu", since=14)
@dataclass(frozen=True, kw_only=True, eq=False)
class Trilu(Operator):
    """y = x on and above the diagonal k (upper = 0: on and below it), 0 elsewhere

    Shapes:  x, y: (..., rows, columns); k: (), 0 where it is left out
    Gradient:  dx = dy there, 0 elsewhere
    """

    halves = "moved"

    upper: int = 1

    def forward(self, x: Array, k: Array | None = None) -> Array:
        """y"""
        rows, columns = x.shape[-2:]
        diagonal = 0 if k is None else int(k.item())
        below = np.arange(columns) - np.arange(rows)[:, None]
        kept = below >= diagonal if self.upper else below <= diagonal
        return np.where(kept, x, np.zeros((), x.dtype))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,) = dys
        assert dy is not None
        return self.forward(dy, *inputs[1:]), *(None for _ in inputs[1:])
