"""How a window moves over an input with any number of spatial axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array, Shape


@dataclass(frozen=True)
class Window:
    """How a kernel moves over its input.

    Options:  kernel, strides, dilations: one number per spatial axis.  pads: zeros before and after, per axis.
              groups: channels and maps are split into so many independent convolutions.
    """

    kernel: Shape
    strides: Shape
    dilations: Shape
    pads: tuple[tuple[int, int], ...]
    groups: int = 1

    def out_size(self, size: Sequence[int]) -> Shape:
        """The size of the output. Raises ShapeError: if the kernel does not fit into the padded input."""
        out = []
        for axis, length in enumerate(size):
            reach = self.dilations[axis] * (self.kernel[axis] - 1) + 1
            room = length + sum(self.pads[axis]) - reach
            if room < 0:
                raise ShapeError(f"a kernel that reaches over {reach} does not fit into {length} with its padding")
            out.append(room // self.strides[axis] + 1)
        return tuple(out)

    def taps(self, out_size: Sequence[int]) -> list[Any]:
        """For each element of the kernel: an index of what it meets of the padded input, one per output position."""
        return [
            (
                ...,
                *(
                    slice(k * d, k * d + s * (out - 1) + 1, s)
                    for k, d, s, out in zip(element, self.dilations, self.strides, out_size, strict=True)
                ),
            )
            for element in product(*map(range, self.kernel))
        ]


def padded(x: Array, pads: Sequence[tuple[int, int]], value: float = 0) -> Array:
    """x with `value` around its spatial axes; x itself where there is nothing to add."""
    if not any(before or after for before, after in pads):
        return x
    shape = (*x.shape[:2], *(n + before + after for n, (before, after) in zip(x.shape[2:], pads, strict=True)))
    out = np.full(shape, value, x.dtype)
    out[inner(x.shape[2:], pads)] = x
    return out


def inner(size: Sequence[int], pads: Sequence[tuple[int, int]]) -> Any:
    """Where the input stands in its padded self, as an index."""
    return (..., *(slice(before, before + n) for n, (before, _) in zip(size, pads, strict=True)))
