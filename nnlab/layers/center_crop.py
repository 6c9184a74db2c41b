"""The middle of an image."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

import numpy as np

from nnlab.core.component import required
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.layers.base import LAYERS, Example, Layer
from nnlab.layers.reach import Reach
from nnlab.layers.windows import image_of, sides


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class CenterCrop(Layer):
    """The middle of an image: as much is cut off at the top as at the bottom; an odd row more at the bottom.

    y[n, i, j, c] = x[n, i + top, j + left, c]      top = floor((height - rows) / 2); the same for left

    Networks whose convolutions have no padding lay an early image over a later, smaller one with it.

    Shapes:  x: (batch, height, width, channels); y: (batch, rows, columns, channels)
    Gradient:  dx = dy in the middle, else 0
    Options:  size: one number, or (rows, columns).
    Raises:  ShapeError: not an image, or one that is smaller.
    Source:  Ronneberger, Fischer and Brox, "U-Net", 2015, figure 1 (the use).
    """

    chooses: ClassVar[bool] = True

    size: int | tuple[int, int] = required("rows and columns that are left", low=1)
    rows: slice = field(init=False, repr=False)
    columns: slice = field(init=False, repr=False)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """The size, and the channels of the input."""
        height, width, channels = image_of(in_shapes, "CenterCrop")
        rows, columns = sides(self.size)
        if rows > height or columns > width:
            raise ShapeError(f"CenterCrop cuts no {rows} x {columns} out of {height} x {width}")
        top, left = (height - rows) // 2, (width - columns) // 2
        self.rows, self.columns = slice(top, top + rows), slice(left, left + columns)
        return rows, columns, channels

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Shape]:
        """y, and the shape of x for backward."""
        (x,) = xs
        middle = x[:, self.rows, self.columns]
        y = ctx.empty(middle.shape, x.dtype)
        np.copyto(y, middle)
        return y, x.shape

    def backward(self, dy: Array, cache: Shape, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = ctx.empty(cache, dy.dtype)
        dx.fill(0)
        dx[:, self.rows, self.columns] = dy
        return (dx,)

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach:
        """One place."""
        return Reach((1, 1), (Fraction(1), Fraction(1)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """An odd and an even margin, and none."""
        return (({"size": (2, 4)}, ((5, 6, 2),)), ({"size": 3}, ((3, 3, 1),)), ({"size": 1}, ((4, 3, 2),)))
