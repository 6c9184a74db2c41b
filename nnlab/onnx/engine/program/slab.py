"""Rows of an image with padding around them, in memory that the next band uses again."""

from functools import partial
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.images.met import reach
from nnlab.kernels.window import Window
from nnlab.onnx.engine.program.site import Call


def met_rows(window: Window, rows: int) -> int:
    """How many rows of its padded input so many rows of an output meet."""
    return (rows - 1) * window.strides[0] + reach(window, 0)


def padded(x: Array, first: int, left: int, slab: Array, value: Any = 0) -> list[Call]:
    """The calls that put the rows of an image from `first` on into a slab, `value` around them.

    Options:  first: below 0 where the slab begins above the image.  left: columns of padding.
    Shapes:  x: (height, width, channels); slab: (rows, wide, channels)
    """
    low, high = max(0, first), max(0, min(len(x), first + len(slab)))
    top = min(len(slab), low - first)
    bottom, right = top + max(0, high - low), left + x.shape[1]
    edges = [slab[:top], slab[bottom:], slab[top:bottom, :left], slab[top:bottom, right:]]
    calls: list[Call] = [partial(edge.fill, value) for edge in edges if edge.size]
    if bottom > top:
        calls.append(partial(np.copyto, slab[top:bottom, left:right], x[low:high]))
    return calls
