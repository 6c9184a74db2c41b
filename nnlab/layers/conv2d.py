"""Convolution of images."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from nnlab.core.component import option, required
from nnlab.core.context import Context
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.sums import column_sums
from nnlab.layers.base import LAYERS, Example
from nnlab.layers.convolving import Convolving
from nnlab.layers.reach import Reach, moved
from nnlab.layers.windows import Padding, Sides, out_size_of, window_over


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Conv2d(Convolving):
    """Every output is a weighted sum of a window of the input: the same weights at every place.

    y[n, i, j, m] = b[m] + sum over a, b, c of W[a, b, c, m] x[n, i s + a d - p, j s + b d - p, c]

    s is the stride, d the dilation, p the padding; what lies outside the image is 0. With groups, channels and maps are
    split into so many independent convolutions; as many groups as channels make a depthwise one.

    Shapes:  x: (batch, height, width, channels); W: (kernel height, kernel width, channels / groups, maps); b: (maps,)
             y: (batch, rows, columns, maps);  rows = floor((height + padding - d (kernel height - 1) - 1) / s) + 1
    Gradient:  dW[a, b, c, m] = sum over n, i, j of dy[n, i, j, m] x[n, i s + a d - p, j s + b d - p, c];  db = sum dy
               dx[n, u, v, c] = sum of W[a, b, c, m] dy[n, i, j, m] over all i s + a d - p = u, j s + b d - p = v, m
    Options:  maps: output channels.  kernel, stride, dilation: one number, or (height, width).
              padding: a number, (height, width), (top, bottom, left, right), "same" (ceil(height / stride) rows of
              outputs) or "valid" (none).
              bias: whether b is there (leave it out before BatchNorm).  initializer: draws W; b starts at zero.
              form: how it is computed, as layers/convolving.py says.
    Raises:  ShapeError: not an image; groups that do not divide its channels and maps; a kernel larger than it.
    Source:  LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989.
    """

    channel_axis: ClassVar[int] = -1

    also_called = ("Conv", "Convolution", "Convolution2d", "DepthwiseConv2d")

    maps: int = required("output channels", low=1)
    kernel: Sides = option(3, "rows and columns of a window", low=1)
    stride: Sides = option(1, "pixels from one window to the next", low=1)
    padding: Padding = option("same", "rows and columns of zeros around the image")

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes weight (kernel height, kernel width, channels / groups, maps) and bias (maps,)."""
        height, width, channels = self.image(in_shapes, self.maps)
        self.window = window_over(
            (height, width), kernel=self.kernel, stride=self.stride, padding=self.padding, dilation=self.dilation,
            groups=self.groups,
        )  # fmt: skip
        self.weight = new("weight", (*self.window.kernel, channels // self.groups, self.maps), self.initializer)
        self.shift = new("bias", (self.maps,), "Zero", penalised=False) if self.bias else None
        return (*out_size_of(self.window, (height, width)), self.maps)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, and x for backward."""
        (x,) = xs
        bias = None if self.shift is None else self.shift.value
        by = self.algorithm(x.shape)
        return by.forward(x, self.weight.value, self.window, bias=bias, empty=ctx.empty), x

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """Adds dW and db; dx."""
        by, w = self.algorithm(cache.shape), self.weight.value
        dw, dx = by.backward(dy, cache, w, self.window, needs_dx=ctx.needs_dx, empty=ctx.empty)
        self.weight.add(dw)
        if self.shift is not None:
            self.shift.add(column_sums(dy))
        return (dx,)

    def multiply_adds(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> int:
        """Every output adds up one window of its group."""
        return prod(out_shape) * prod(self.window.kernel) * in_shapes[0][-1] // self.groups

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach:
        """One window."""
        return moved(self.window.kernel, self.window.strides, self.window.dilations)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Kernels, strides, paddings, dilations and groups of every kind, on odd sizes."""
        return (
            ({"maps": 3}, ((5, 6, 2),)),
            ({"maps": 1}, ((4, 5, 3),)),
            ({"maps": 2, "kernel": (2, 3), "stride": 2, "bias": False}, ((5, 4, 3),)),
            ({"maps": 3, "form": "winograd"}, ((5, 6, 2),)),
            ({"maps": 2, "form": "winograd", "padding": (0, 2, 1, 3)}, ((9, 4, 3),)),
            ({"maps": 4, "kernel": 1}, ((3, 2, 3),)),
            ({"maps": 2, "kernel": 1, "stride": 2, "padding": "valid"}, ((5, 4, 3),)),
            ({"maps": 2, "kernel": 3, "stride": (2, 1), "padding": (1, 0, 2, 1)}, ((5, 4, 1),)),
            ({"maps": 2, "kernel": 2, "dilation": (2, 3), "padding": 1}, ((6, 5, 2),)),
            ({"maps": 4, "groups": 2}, ((4, 5, 6),)),
            ({"maps": 3, "groups": 3, "kernel": 5, "stride": 2}, ((7, 6, 3),)),
            ({"maps": 3, "groups": 3, "dilation": (1, 2), "padding": (1, 0, 2, 1)}, ((6, 5, 3),)),
            ({"maps": 4, "groups": 2, "padding": (2, 1)}, ((1, 1, 2),)),
        )
