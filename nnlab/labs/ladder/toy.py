"""What a convolution costs as loops in Python, on a toy of 16x16, beside columns and one product."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.convolution import convolve
from nnlab.kernels.window import Window
from nnlab.labs.ladder.timing import Protocol, clocked, interleaved, no_collection

SIDE, GIVEN, OUTPUTS, KERNEL = 16, 3, 4, 3

WINDOW = Window(kernel=(KERNEL, KERNEL), strides=(1, 1), dilations=(1, 1), pads=((0, 0), (0, 0)))

CALLS, SECONDS = 10, 0.2


@dataclass(frozen=True)
class Toy:
    """Medians in milliseconds. Options:  apart: the largest difference of what both give; no time where it is much."""

    loops_ms: float | None
    columns_ms: float | None
    apart: float


def plain_loops(x: Array, w: Array) -> Array:
    """y[m, i, j] = sum over c, k, l of w[m, c, k, l] x[c, i + k, j + l], one number at a time

    Shapes:  x: (channels, height, width); w: (outputs, channels, rows, columns)
    """
    outputs, channels, rows, columns = w.shape
    height, width = x.shape[1] - rows + 1, x.shape[2] - columns + 1
    y = np.zeros((outputs, height, width), x.dtype)
    for m in range(outputs):
        for i in range(height):
            for j in range(width):
                total = 0.0
                for c in range(channels):
                    for k in range(rows):
                        for l in range(columns):  # noqa: E741 (as the formula has it)
                            total += float(w[m, c, k, l]) * float(x[c, i + k, j + l])
                y[m, i, j] = total
    return y


def toy() -> Toy:
    """Both on the same numbers, in turns."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, GIVEN, SIDE, SIDE)).astype(np.float32)
    w = rng.standard_normal((OUTPUTS, GIVEN, KERNEL, KERNEL)).astype(np.float32)
    apart = float(np.abs(plain_loops(x[0], w) - convolve(x, w, WINDOW)[0]).max())
    if not apart <= 1e-5:  # sums of 27 products of numbers near 1, in float32
        return Toy(None, None, apart)
    calls = {"loops": clocked(lambda: plain_loops(x[0], w)), "columns": clocked(lambda: convolve(x, w, WINDOW))}
    with no_collection():
        told = interleaved(calls, Protocol(CALLS, SECONDS, 0, 1))
    medians = {name: float(np.median([call.ms for call in each])) for name, each in told.items()}
    return Toy(medians["loops"], medians["columns"], apart)
