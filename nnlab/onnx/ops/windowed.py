"""What convolution and pooling share: the attributes that say how a window moves."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.types import Array, Shape
from nnlab.kernels.convolution import Window
from nnlab.onnx.ops.base import Gradients, Operator, Values
from nnlab.onnx.ops.sizes import padded_images
from nnlab.onnx.precision import like


@dataclass(frozen=True, kw_only=True, eq=False)
class Windowed(Operator):
    """An operator that moves a window over the spatial axes of (batch, channels, *size).

    Options:  pads: all that stand before the axes, then all after.  auto_pad: NOTSET (pads hold), VALID (none),
              SAME_UPPER or SAME_LOWER: as many as make out = ceil(size / stride), an odd one after, or before.
    """

    halves = "widened"
    most_elements = padded_images

    auto_pad: str = "NOTSET"
    dilations: tuple[int, ...] = ()
    kernel_shape: tuple[int, ...] = ()
    pads: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()

    def window(self, size: Sequence[int], kernel: Sequence[int] = (), *, groups: int = 1) -> Window:
        """The window over an input of this size.

        Options:  kernel: where kernel_shape may be left out, because the weights say it.
        """
        kernel, rank = tuple(self.kernel_shape or kernel), len(size)
        strides, dilations = self.strides or (1,) * rank, self.dilations or (1,) * rank
        given = self.pads or (0,) * 2 * rank
        pads = tuple(zip(given[:rank], given[rank:], strict=True))
        if self.auto_pad == "VALID":
            pads = ((0, 0),) * rank
        elif self.auto_pad.startswith("SAME"):
            pads = tuple(
                self._same(n, d * (k - 1) + 1, s) for n, k, s, d in zip(size, kernel, strides, dilations, strict=True)
            )
        return Window(kernel, strides, dilations, pads, groups)

    def with_bias(self, dx: Array, dw: Array, dy: Array, inputs: Values) -> Gradients:
        """dx, dw and, where there is a bias, db: the sum of dy over the batch and all positions."""
        if len(inputs) < 3:
            return dx, dw
        return dx, dw, None if inputs[2] is None else like(dy.sum(axis=(0, *range(2, dy.ndim))), inputs[2])

    def _same(self, size: int, reach: int, stride: int) -> tuple[int, int]:
        missing = max(((size - 1) // stride) * stride + reach - size, 0)
        less, more = missing // 2, missing - missing // 2
        return (less, more) if self.auto_pad == "SAME_UPPER" else (more, less)


@dataclass(frozen=True, kw_only=True, eq=False)
class Pooling(Windowed):
    """A pooling operator.

    Options:  ceil_mode: 1 where a last window may reach beyond the padding, as long as it starts before it ends.
    """

    ceil_mode: int = 0

    def out_size(self, size: Sequence[int], window: Window) -> Shape:
        """The size of the output."""
        out = window.out_size(size)
        if not self.ceil_mode:
            return out
        for_ceiling = []
        for axis, (before, after) in enumerate(window.pads):
            reach, stride = window.dilations[axis] * (window.kernel[axis] - 1) + 1, window.strides[axis]
            asked = -(-(size[axis] + before + after - reach) // stride) + 1
            starts_inside = (asked - 1) * stride < size[axis] + before
            for_ceiling.append(asked if starts_inside else asked - 1)
        return tuple(for_ceiling)
