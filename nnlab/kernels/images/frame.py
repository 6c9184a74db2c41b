"""What the windows of some outputs meet of images, padding around it where it reaches beyond them."""

from math import prod
from typing import Any

from nnlab.core.types import Array, Shape
from nnlab.kernels.images.met import reach
from nnlab.kernels.window import Window


class Frame:
    """Images of one size under one window.

    Options:  out_size: how many windows there are.  value: what padding is.
    """

    def __init__(self, window: Window, size: Shape, out_size: Shape, value: float):
        self._window, self._size, self._value = window, size, value
        self._across = window.strides[1] * (out_size[1] - 1) + reach(window, 1)
        (top, _), (left, _) = window.pads
        inside = self._across <= size[1] and self.height(out_size[0]) <= size[0]
        self.is_padded = bool(top or left or not inside)

    @property
    def width(self) -> int:
        """Of what `around` gives."""
        return self._across if self.is_padded else self._size[1]

    def height(self, rows: int) -> int:
        """How many rows the windows of so many rows of outputs look at."""
        return self._window.strides[0] * (rows - 1) + reach(self._window, 0)

    def around(self, x: Array, samples: slice, rows: slice, memory: Array) -> Array:
        """What the windows of some rows of outputs meet, with its padding; a view of x where none is needed anywhere.

        Options:  memory: room for it, in a row.
        Shapes:  x: (batch, height, width, channels); result: (samples, height(rows), width, channels)
        """
        first = rows.start * self._window.strides[0] - self._window.pads[0][0]
        count, (height, width) = self.height(rows.stop - rows.start), self._size
        if not self.is_padded:
            return x[samples, first : first + count]
        shape = (samples.stop - samples.start, count, self._across, x.shape[3])
        framed: Any = memory[: prod(shape)].reshape(shape)
        low = min(max(0, first), height)
        high, left = max(low, min(height, first + count)), self._window.pads[1][0]
        right = max(0, min(width, self._across - left))
        framed[:, : low - first] = framed[:, high - first :] = self._value
        framed[:, :, :left] = framed[:, :, left + right :] = self._value
        framed[:, low - first : high - first, left : left + right] = x[samples, low:high, :right]
        result: Array = framed
        return result
