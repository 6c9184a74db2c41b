"""TensorScatter."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes


@OPERATORS.register("TensorScatter", since=24)
@dataclass(frozen=True, kw_only=True, eq=False)
class TensorScatter(Operator):
    """A cache with new entries written along one axis, from a place of each sample's own on.

    y[b, ..., write_indices[b] + s, ...] = update[b, ..., s, ...]; circular: places beyond the end begin anew.

    Shapes:  past_cache, y: (batch, ..., places, ...); update: the same but for its places; write_indices: (batch,)
    Gradient:  dpast_cache = dy, 0 where it was overwritten; dupdate = dy at its places
    """

    axis: int = -2
    mode: str = "linear"

    def forward(self, past_cache: Array, update: Array, write_indices: Array | None = None) -> Array:
        """y"""
        y = past_cache.copy()
        for sample, places in enumerate(self.places(past_cache.shape, update.shape, write_indices)):
            self.entries(y[sample])[places] = self.entries(update[sample])
        return y

    def places(self, shape: Shape, update: Shape, write_indices: Any) -> list[Array]:
        """Of each sample, where its entries go."""
        (axis,) = normalised_axes((self.axis,), len(shape))
        begins = [0] * shape[0] if write_indices is None else write_indices.tolist()
        places = [begin + np.arange(update[axis]) for begin in begins]
        return [place % shape[axis] for place in places] if self.mode == "circular" else places

    def entries(self, sample: Array) -> Array:
        """A sample with the axis of its entries in front (a view)."""
        return np.moveaxis(sample, self.axis - 1 if self.axis > 0 else self.axis, 0)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dpast_cache, dupdate"""
        (dy,), (past, update, begins) = dys, (*inputs, None)[:3]
        assert dy is not None
        dpast, dupdate = dy.copy(), np.empty_like(update)
        for sample, places in enumerate(self.places(past.shape, update.shape, begins)):
            self.entries(dupdate[sample])[...] = self.entries(dy[sample])[places]
            self.entries(dpast[sample])[places] = 0
        return (dpast, dupdate, None)[: len(inputs)]
