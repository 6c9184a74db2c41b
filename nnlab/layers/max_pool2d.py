"""The largest of every window."""

from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.images.max_pool import max_pool, max_pool_back, max_pool_found
from nnlab.layers.base import LAYERS, Example
from nnlab.layers.pooled import Pooling2d
from nnlab.layers.windows import Sides


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class MaxPool2d(Pooling2d):
    """The largest value of each window of each channel: a smaller image that says what is there, less exactly where.

    y[n, i, j, c] = max over a, b of x[n, i s + a d - p, j s + b d - p, c]

    s is the stride, d the dilation, p the padding, which is never the largest.

    Shapes:  x: (batch, height, width, channels); y: (batch, rows, columns, channels)
             rows = floor((height + padding - d (kernel height - 1) - 1) / s) + 1
    Gradient:  dx[n, h, w, c] = sum of dy[n, i, j, c] over the windows whose largest is there, the first of several
    Options:  kernel, dilation: one number, or (height, width).  stride: the same; none: as large as the kernel.
              padding: a number, (height, width), (top, bottom, left, right), "same" (ceil(height / s) rows) or "valid".
              ceil_mode: rows are rounded up: a last window may reach over the end, if it begins before it.
    Raises:  ShapeError: not an image; a kernel larger than it; a window that meets nothing but padding.
    Source:  Yamaguchi et al., "A neural network for speaker-independent isolated word recognition", 1990; Scherer,
             Müller and Behnke, "Evaluation of pooling operations", 2010.
    """

    chooses: ClassVar[bool] = True

    also_called = ("MaxPooling2D", "MaxPool", "MaxPooling")

    dilation: Sides = option(1, "pixels from one element of the kernel to the next", low=1)

    def dilations(self) -> Sides:
        """Its option."""
        return self.dilation

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y; in training the places of the largest for backward, a byte each, and in evaluation x to find them in."""
        (x,) = xs
        if ctx.training:
            return max_pool_found(x, self.window, self.out_size, empty=ctx.empty)
        return max_pool(x, self.window, self.out_size, empty=ctx.empty), x

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        found = cache if ctx.training else max_pool_found(cache, self.window, self.out_size, empty=ctx.empty)[1]
        return (max_pool_back(dy, found, self.window, self.size, empty=ctx.empty),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Pairs; windows that overlap, are padded, dilated, or reach over the end; odd sizes."""
        return (
            ({}, ((4, 6, 3),)),
            ({}, ((5, 3, 2),)),
            ({"kernel": 3, "stride": 2, "padding": 1}, ((5, 6, 2),)),
            ({"kernel": (2, 3), "stride": 1, "padding": "same"}, ((3, 4, 2),)),
            ({"kernel": 2, "stride": (1, 3), "dilation": 2, "padding": (1, 0, 0, 1)}, ((5, 6, 1),)),
            ({"ceil_mode": True}, ((5, 7, 2),)),
            ({"kernel": 1, "stride": 2}, ((3, 1, 4),)),
        )
