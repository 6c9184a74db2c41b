"""Col2Im."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.convolution import Window, inner, padded
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import elements, ints


@OPERATORS.register("Col2Im", since=18)
@dataclass(frozen=True, kw_only=True, eq=False)
class Col2Im(Operator):
    """y[n, c, o strides + k dilations - pads] += x[n, (c, k), o]: overlapping blocks summed to an image

    Shapes:  x: (batch, channels block, positions); y: (batch, channels, *image_shape)
    Gradient:  dx[n, (c, k), o] = dy[n, c, o strides + k dilations - pads]
    """

    halves = "widened"

    dilations: tuple[int, ...] = ()
    pads: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()

    def window(self, block: Sequence[int] | Array) -> Window:
        """The window that the blocks come from."""
        rank = len(block)
        pads = self.pads or (0,) * 2 * rank
        ones = (1,) * rank
        around = tuple(zip(pads[:rank], pads[rank:], strict=True))
        return Window(tuple(map(int, block)), self.strides or ones, self.dilations or ones, around)

    def forward(self, x: Array, image_shape: Array, block_shape: Array) -> Array:
        """y"""
        window, size = self.window(block_shape), tuple(map(int, image_shape))
        out = window.out_size(size)
        blocks = x.reshape(len(x), -1, prod(window.kernel), *out)
        full = (n + sum(pads) for n, pads in zip(size, window.pads, strict=True))
        y = np.zeros((*blocks.shape[:2], *full), x.dtype)
        for tap, where in enumerate(window.taps(out)):
            y[where] += blocks[:, :, tap]
        return np.ascontiguousarray(y[inner(size, window.pads)])

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, image_shape, block_shape) = dys, inputs
        assert dy is not None
        window = self.window(block_shape)
        full = padded(dy, window.pads)
        parts = [full[where] for where in window.taps(window.out_size(tuple(map(int, image_shape))))]
        return np.stack(parts, axis=2).reshape(x.shape), None, None

    def most_elements(self, inputs: Values) -> float:
        """The image, for each sample and channel."""
        image, block = ints(inputs[1]), ints(inputs[2])
        most: float = (
            elements(inputs[0])
            / max(1, inputs[0].shape[-1] * math.prod(block))
            * math.prod(n + 2 * max([0, *ints(self.pads)]) for n in image)
        )
        return most
