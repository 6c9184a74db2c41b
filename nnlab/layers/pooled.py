"""How the windows of a pooling layer lie on its image."""

from nnlab.core.errors import ShapeError
from nnlab.core.types import Shape
from nnlab.kernels.images.met import met, reach
from nnlab.kernels.window import Window
from nnlab.layers.windows import out_size_of

Size = tuple[int, int]
"""(height, width)"""


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
