"""The mean of every window."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.images.average_pool import average_pool, average_pool_back
from nnlab.layers.base import LAYERS, Example
from nnlab.layers.pooled import Pooling2d


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class AveragePool2d(Pooling2d):
    """The mean of each window of each channel: a smaller image that keeps its brightness.

    y[n, i, j, c] = 1/m[i, j] sum over a, b of x[n, i s + a - p, j s + b - p, c]

    s is the stride, p the padding, m how many values are counted: the window's rows times its columns, or only those
    inside the image; what a last window reaches beyond image and padding never counts.

    Shapes:  x: (batch, height, width, channels); y: (batch, rows, columns, channels)
             rows = floor((height + padding - kernel height) / s) + 1
    Gradient:  dx[n, h, w, c] = sum of dy[n, i, j, c] / m[i, j] over the windows that meet (h, w)
    Options:  kernel: one number, or (height, width).  stride: the same; none: as large as the kernel.
              padding: a number, (height, width), (top, bottom, left, right), "same" (ceil(height / s) rows) or "valid".
              ceil_mode: rows are rounded up: a last window may reach over the end, if it begins before it.
              count_include_pad: whether padding counts, as zeros.
    Raises:  ShapeError: not an image; a kernel larger than it; a window that meets nothing but padding.
    Source:  LeCun et al., "Handwritten digit recognition with a back-propagation network", 1990 (its subsampling).
    """

    also_called = ("AvgPool2d", "AveragePooling2D", "AvgPool", "AveragePool")

    count_include_pad: bool = option(True, "whether padding counts as values of the mean")

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, None]:
        """y; backward needs nothing of it."""
        (x,) = xs
        y = average_pool(x, self.window, self.out_size, count_padding=self.count_include_pad, empty=ctx.empty)
        return y, None

    def backward(self, dy: Array, cache: None, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        return (average_pool_back(dy, self.window, self.size, count_padding=self.count_include_pad, empty=ctx.empty),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Pairs; windows that overlap, are padded with and without being counted, or reach over the end; odd sizes."""
        return (
            ({}, ((4, 6, 3),)),
            ({}, ((5, 3, 2),)),
            ({"kernel": 3, "stride": 2, "padding": 1}, ((5, 6, 2),)),
            ({"kernel": 3, "stride": 2, "padding": 1, "count_include_pad": False, "ceil_mode": True}, ((4, 6, 2),)),
            ({"kernel": (2, 3), "stride": 1, "padding": "same"}, ((3, 4, 2),)),
            ({"kernel": 3, "padding": (1, 0, 0, 1), "ceil_mode": True}, ((7, 6, 1),)),
            ({"kernel": 1, "stride": 2}, ((3, 1, 4),)),
        )
