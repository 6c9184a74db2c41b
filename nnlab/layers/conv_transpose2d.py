"""Transposed convolution of images."""

from dataclasses import dataclass, field
from math import prod
from typing import ClassVar

from nnlab.core.component import option, required
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.images import columns
from nnlab.kernels.sums import column_sums
from nnlab.kernels.window import Window
from nnlab.layers.base import LAYERS, Example
from nnlab.layers.convolving import Convolving
from nnlab.layers.reach import Reach, spread
from nnlab.layers.windows import Padding, Sides, pads_of, refuse_negative, sides


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class ConvTranspose2d(Convolving):
    """Every input is spread over a window of the output: what a convolution does to gradients, as a layer.

    y[n, u, v, m] = b[m] + sum of W[a, b, m, c] x[n, i, j, c] over all i s + a d - p = u, j s + b d - p = v, c

    With a stride images become larger. It is the gradient of a Conv2d of y by W, so its own gradient is that Conv2d.

    Shapes:  x: (batch, height, width, channels); W: (kernel height, kernel width, maps / groups, channels); b: (maps,)
             y: (batch, rows, columns, maps)
             rows = (height - 1) s + d (kernel height - 1) + 1 - padding + output padding
    Gradient:  dx[n, i, j, c] = sum over a, b, m of W[a, b, m, c] dy[n, i s + a d - p, j s + b d - p, m];  db = sum dy
               dW[a, b, m, c] = sum over n, i, j of x[n, i, j, c] dy[n, i s + a d - p, j s + b d - p, m]
    Options:  maps: output channels.  kernel, stride, dilation: one number, or (height, width).
              padding: rows and columns that are cut off: a number, (height, width), (top, bottom, left, right), "valid"
              (none) or "same": what gives stride times as many rows and columns, by output padding where need be.
              output_padding: rows and columns more at the bottom and the right, fewer than the stride.
              bias: whether b is there.  initializer: draws W; b starts at zero.
              form: how its gradients are computed, as layers/convolving.py says.
    Raises:  ShapeError: not an image; groups that do not divide its channels and maps; nothing that is left; an output
             padding of a stride or more.
    Source:  Zeiler et al., "Deconvolutional networks", 2010; Dumoulin and Visin, "A guide to convolution arithmetic for
             deep learning", 2016, chapter 4.
    """

    channel_axis: ClassVar[int] = -2

    also_called = ("Deconvolution", "Conv2dTranspose", "UpConvolution")

    maps: int = required("output channels", low=1)
    kernel: Sides = option(2, "rows and columns of a window", low=1)
    stride: Sides = option(2, "pixels from one window to the next", low=1)
    padding: Padding = option("same", "rows and columns that are cut off around the image")
    output_padding: Sides = option(0, "rows and columns more at the end", low=0)
    size: Shape = field(init=False, repr=False)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes weight (kernel height, kernel width, maps / groups, channels) and bias (maps,)."""
        height, width, channels = self.image(in_shapes, self.maps)
        self.window, self.size = self._window((height, width))
        self.weight = new("weight", (*self.window.kernel, self.maps // self.groups, channels), self.initializer)
        self.shift = new("bias", (self.maps,), "Zero", penalised=False) if self.bias else None
        return (*self.size, self.maps)

    def _window(self, size: Shape) -> tuple[Window, Shape]:
        """The window that moves over the output, and the output's size."""
        kernel, strides, dilations = sides(self.kernel), sides(self.stride), sides(self.dilation)
        more: Shape = sides(self.output_padding)
        reaches = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilations, strict=True))
        if self.padding == "same":
            cut = [max(0, reach - stride) for reach, stride in zip(reaches, strides, strict=True)]
            pads: tuple[tuple[int, int], ...] = tuple((total // 2, total - total // 2) for total in cut)
            more = tuple(max(0, stride - reach) for reach, stride in zip(reaches, strides, strict=True))
        else:
            refuse_negative(self.padding, hint="a Pad after it adds rows and columns")
            pads = pads_of(self.padding, size, reaches, strides)
        refuse_more(more, strides)
        out = tuple(
            (n - 1) * stride + reach - before - after + extra
            for n, stride, reach, (before, after), extra in zip(size, strides, reaches, pads, more, strict=True)
        )
        if min(out) < 1:
            raise ShapeError(f"its padding cuts off all of an image of {' x '.join(map(str, size))}")
        return Window(kernel, strides, dilations, pads, self.groups), out

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, and x for backward."""
        (x,) = xs
        bias = None if self.shift is None else self.shift.value
        return columns.input_gradient(x, self.weight.value, self.window, self.size, bias=bias, empty=ctx.empty), x

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """Adds dW and db; dx, which is the convolution of dy."""
        w, window, by = self.weight.value, self.window, self.algorithm(dy.shape)
        dw, _ = by.backward(cache, dy, w, window, needs_dx=False, empty=ctx.empty)
        self.weight.add(dw)
        if self.shift is not None:
            self.shift.add(column_sums(dy))
        if not ctx.needs_dx:
            return (None,)
        return (by.forward(dy, w, window, empty=ctx.empty),)

    def multiply_adds(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> int:
        """Every input is spread over one window of its group."""
        return prod(in_shapes[0]) * prod(self.window.kernel) * self.maps // self.groups

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach:
        """As many inputs as windows meet in one place."""
        return spread(self.window.kernel, self.window.strides, self.window.dilations)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Kernels, strides, paddings, dilations and groups of every kind, on odd sizes."""
        return (
            ({"maps": 3}, ((3, 4, 2),)),
            ({"maps": 2, "kernel": 3, "stride": 1, "bias": False}, ((5, 4, 3),)),
            ({"maps": 3, "kernel": 3, "stride": 1, "form": "winograd"}, ((5, 6, 2),)),
            ({"maps": 2, "kernel": (3, 4), "stride": (2, 3), "padding": (1, 0, 0, 2)}, ((3, 4, 1),)),
            ({"maps": 2, "kernel": 3, "stride": 2, "padding": 1, "output_padding": 1}, ((3, 5, 2),)),
            ({"maps": 2, "kernel": 2, "stride": 1, "dilation": 2, "padding": "valid"}, ((4, 3, 2),)),
            ({"maps": 4, "groups": 2, "kernel": 1, "stride": 3}, ((2, 3, 6),)),
            ({"maps": 4, "groups": 4, "kernel": 3}, ((3, 2, 4),)),
        )


def refuse_more(more: Shape, strides: Shape) -> None:
    """Raises ShapeError: an output padding that another window would fit into."""
    if any(extra >= stride for extra, stride in zip(more, strides, strict=True)):
        raise ShapeError(f"an output padding of {max(more)} is not less than the stride, {min(strides)}")
