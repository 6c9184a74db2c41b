"""GridSample."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.sampling import Taps, sample, sample_dat, sample_dx, taps
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import elements
from nnlab.onnx.precision import like, wide

MODES = {"bilinear": "linear", "bicubic": "cubic"}
"""What version 16 calls the modes."""


@OPERATORS.register("GridSample", since=(16, 20, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class GridSample(Operator):
    """y[n, c, o] = x[n, c] at the point grid[n, o], interpolated between elements (kernels/sampling.py)

    Shapes:  x: (batch, channels, *size); grid: (batch, *out_size, axes), the last axis of x first, from -1 to 1;
             y: (batch, channels, *out_size)
    Gradient:  dx: each dy to the elements that its point was made from;  dgrid: dy times how the weights change
    Options:  align_corners: 1 where -1 and 1 are the middles of the end elements, 0 where they are their outer edges.
              padding_mode: zeros, border or reflection, beyond the ends.
    Source:  Jaderberg et al., "Spatial transformer networks", 2015.
    """

    halves = "widened"

    align_corners: int = 0
    mode: str = "linear"
    padding_mode: str = "zeros"

    def taps(self, x: Array, grid: Array) -> list[Taps]:
        """Of each axis of x, in their order."""
        found = []
        mode = MODES.get(self.mode, self.mode)
        for axis, size in enumerate(x.shape[2:]):
            unit = grid[..., grid.shape[-1] - 1 - axis].reshape(len(grid), -1)
            at = (unit + 1) / 2 * self.stretch(size) - (0 if self.align_corners else 0.5)
            found.append(taps(at, size, mode, self.padding_mode, align_corners=bool(self.align_corners)))
        return found

    def stretch(self, size: int) -> int:
        """How many elements lie between -1 and 1."""
        return size - 1 if self.align_corners else size

    def forward(self, x: Array, grid: Array) -> Array:
        """y"""
        y = sample(wide(x), self.taps(x, wide(grid)))
        return like(y.reshape(*x.shape[:2], *grid.shape[1:-1]), x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx and dgrid"""
        dy, x, grid = wide(dys[0]), wide(inputs[0]), wide(inputs[1])
        dy, axes = dy.reshape(*dy.shape[:2], -1), self.taps(x, grid)
        dx = sample_dx(dy, x.shape, axes)
        dat = [d * self.stretch(size) / 2 for d, size in zip(sample_dat(dy, x, axes), x.shape[2:], strict=True)]
        dgrid = np.stack(dat[::-1], axis=-1).reshape(grid.shape)
        return like(dx, inputs[0]), like(dgrid, inputs[1])

    def most_elements(self, inputs: Values) -> float:
        """Every place of the grid, for each channel."""
        return elements(inputs[1]) * int(inputs[0].shape[1])
