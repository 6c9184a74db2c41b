"""Parts of a map, each as a small map of one size."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.product import matrix_product
from nnlab.kernels.regions import Taps, shares, taps
from nnlab.layers.base import LAYERS, Example, Layer
from nnlab.layers.reach import Reach
from nnlab.layers.windows import Sides, sides


class Regions(NamedTuple):
    """What backward needs.

    Shapes:  x: (batch, height, width, channels); a: (batch, regions, rows, height); b: (batch, regions, columns, width)
             ax: (batch, regions, rows, width, channels)
    """

    x: Array
    down: Taps
    across: Taps
    a: Array
    b: Array
    ax: Array


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class RoIAlign(Layer):
    """Regions of a map, each divided into bins: the mean of some points of a bin, interpolated between its elements.

    y[n, k] = A x[n] BT        A[bin, row] = mean over the bin's points of the row's weight; B the same of columns
    a point at p lies between floor(p) and floor(p) + 1;  p = scale (x0 + share (x1 - x0)) - 1/2

    Shapes:  x: (batch, height, width, channels); regions: (batch, count, 4), x0, y0, x1, y1 in pixels of the image
             y: (batch, count, *size, channels)
    Gradient:  dx[n] = sum_k AT dy[n, k] B;  dregions by how A and B move:  dA = dy B xT, dx0 = sum dB dB/dx0, ...
    Options:  size: rows and columns of bins.  scale: elements of the map for a pixel.  points: of a bin along an axis.
    Raises:  ShapeError: no map, or no regions of four numbers.
    Source:  He et al., "Mask R-CNN", 2017 (where regions have no gradient); Jiang et al., "Acquisition of
             localization confidence for accurate object detection", 2018 (where they have).
    """

    also_called = ("RoiAlign", "ROIAlign", "CropAndResize")

    size: Sides = option((7, 7), "rows and columns of what becomes of a region", low=1)
    scale: float = option(1.0, "elements of the map for each pixel that regions are in: 1 over its stride", above=0)
    points: int = option(2, "points of a bin along each axis", low=1)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """(count, rows, columns, channels)"""
        fits = len(in_shapes) == 2 and len(in_shapes[0]) == 3 and len(in_shapes[1]) == 2 and in_shapes[1][1] == 4
        if not fits:
            got = " and ".join(map(str, in_shapes))
            raise ShapeError(f"RoIAlign takes a map (height, width, channels) and regions (count, 4), got {got}")
        return (in_shapes[1][0], *sides(self.size), in_shapes[0][2])

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Regions]:
        """y, and the matrices."""
        x, regions = xs
        rows, columns = sides(self.size)
        (batch, height, width, channels), count = x.shape, regions.shape[1]
        down, across = self._taps(regions[..., 1::2], rows, height), self._taps(regions[..., ::2], columns, width)
        a, b = down.matrix(height).astype(x.dtype), across.matrix(width).astype(x.dtype)
        ax = matrix_product(a, x.reshape(batch, 1, height, width * channels))
        ax = ax.reshape(batch, count, rows, width, channels)
        y = ctx.empty((batch, count, rows, columns, channels), x.dtype)
        return matrix_product(b[:, :, None], ax, out=y), Regions(x, down, across, a, b, ax)

    def backward(self, dy: Array, cache: Regions, ctx: Context) -> tuple[Array | None, ...]:
        """dx and dregions"""
        if not ctx.needs_dx:
            return (None, None)
        x, down, across, a, b, ax = cache
        batch, height, width, channels = x.shape
        flat = (*ax.shape[:3], width * channels)
        dax = matrix_product(b.swapaxes(2, 3)[:, :, None], dy).reshape(flat)
        dx = matrix_product(a.swapaxes(2, 3), dax).sum(axis=1).reshape(x.shape)
        da = matrix_product(dax, x.reshape(batch, 1, height, width * channels).swapaxes(2, 3))
        db = matrix_product(dy, ax.swapaxes(3, 4)).sum(axis=2)
        dregions = np.empty((*ax.shape[:2], 4), x.dtype)
        for first, gradient, own in ((1, da, down), (0, db, across)):
            far = shares(gradient.shape[2], self.points)
            for edge, along in ((first, 1 - far), (first + 2, far)):
                slopes = own.slopes(self.scale * along, gradient.shape[3])
                dregions[..., edge] = (gradient * slopes).sum(axis=(2, 3))
        return dx, dregions

    def _taps(self, edges: Array, bins: int, length: int) -> Taps:
        """Along one axis.  Shapes:  edges: (batch, count, 2), where regions begin and end"""
        start, end = (self.scale * edges[..., place].astype(np.float64) - 0.5 for place in (0, 1))
        return taps(start, (end - start) / bins, bins, self.points, length)

    def multiply_adds(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> int:
        """Of both products."""
        (height, width, channels), (count, rows, columns, _) = in_shapes[0], out_shape
        return count * rows * width * channels * (height + columns)

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach | None:
        """Everywhere: regions say where."""
        return None

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Regions around the upper left corner, as numbers around 0 are, of several sizes."""
        return (
            ({"size": (2, 3), "scale": 2.0}, ((5, 6, 2), (3, 4))),
            ({"size": 2, "scale": 0.5, "points": 3}, ((4, 3, 1), (2, 4))),
        )
