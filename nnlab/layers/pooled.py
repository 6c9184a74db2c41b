"""What layers have in common that make one value of every window, and how such windows lie on an image."""

from abc import ABC
from dataclasses import dataclass, field

from nnlab.core.component import option
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Shape
from nnlab.kernels.images.met import met, reach
from nnlab.kernels.window import Window
from nnlab.layers.base import Layer
from nnlab.layers.reach import Reach, moved
from nnlab.layers.windows import Padding, Sides, image_of, out_size_of, window_over

Size = tuple[int, int]
"""(height, width)"""


@dataclass(kw_only=True, eq=False)
class Pooling2d(Layer, ABC):
    """One value of each window of each channel."""

    kernel: Sides = option(2, "rows and columns of a window", low=1)
    stride: Sides | None = option(None, "pixels from one window to the next; none: as many as the kernel has", low=1)
    padding: Padding = option("valid", "rows and columns around the image")
    ceil_mode: bool = option(False, "whether a last window may reach over the end of the image")
    window: Window = field(init=False, repr=False)
    size: Size = field(init=False, repr=False)
    out_size: Size = field(init=False, repr=False)

    def dilations(self) -> Sides:
        """Pixels from one element of a window to the next."""
        return 1

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """The shape of the smaller image."""
        height, width, channels = image_of(in_shapes, type(self).__name__)
        self.size, strides = (height, width), self.stride or self.kernel
        self.window = window_over(
            self.size, kernel=self.kernel, stride=strides, padding=self.padding, dilation=self.dilations()
        )
        self.out_size = pooled_size(self.window, self.size, ceil_mode=self.ceil_mode)
        return (*self.out_size, channels)

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach:
        """One window."""
        return moved(self.window.kernel, self.window.strides, self.window.dilations)


def pooled_size(window: Window, size: Size, *, ceil_mode: bool) -> Size:
    """How many windows there are along each axis.

    Options:  ceil_mode: one more, that reaches over the end of image and padding, where a part of them is left over; it
                has to begin inside the image or the padding before it.
    Raises:  ShapeError: if a window is larger than the padded image, or meets nothing but padding.
    """
    floors = out_size_of(window, size)
    counts = [_with_last(window, axis, size[axis], floors[axis]) if ceil_mode else floors[axis] for axis in (0, 1)]
    for axis, (length, count) in enumerate(zip(size, counts, strict=True)):
        inside = {place for part in met(window, axis, length, slice(0, count)) for place in _range(part.outputs)}
        if len(inside) < count:
            side = ("rows", "columns")[axis]
            raise ShapeError(
                f"a window meets nothing but padding: {sum(window.pads[axis])} {side} of it around {length}",
                hint="use less padding",
            )
    return counts[0], counts[1]


def _with_last(window: Window, axis: int, length: int, count: int) -> int:
    (before, after), stride = window.pads[axis], window.strides[axis]
    left_over = (length + before + after - reach(window, axis)) % stride
    return count + 1 if left_over and count * stride < length + before else count


def _range(part: slice) -> range:
    return range(part.start, part.stop)


def over_the_end(window: Window, size: Size, out_size: Shape) -> Shape:
    """(bottom, right): how many rows and columns the last windows reach beyond image and padding."""
    return tuple(
        max(0, (out_size[axis] - 1) * window.strides[axis] + reach(window, axis) - size[axis] - sum(window.pads[axis]))
        for axis in (0, 1)
    )
