"""The mean of what each window meets, and its gradient, with the channels last.

    y[n, i, j, c] = 1/m[i, j] sum over a, b of x[n, i s + a - p, j s + b - p, c]
    dx[n, h, w, c] = sum over i, j whose windows meet (h, w) of dy[n, i, j, c] / m[i, j]

A window is a product of two ranges: rows are added up first, then what is left along each row; for the gradient a share
goes to the places along its row first, then to the rows.

Shapes:  x, dx: (batch, height, width, channels); y, dy: (batch, rows, columns, channels); m: (rows, columns)
"""

from math import prod

import numpy as np

from nnlab.core.types import Array, Empty
from nnlab.kernels.groups import over_images
from nnlab.kernels.images.frame import Frame
from nnlab.kernels.images.met import Met, apart, covering, looking, met, reach
from nnlab.kernels.pooling import counts
from nnlab.kernels.window import Window

Size = tuple[int, int]
"""(height, width)"""


def average_pool(
    x: Array, window: Window, out_size: Size, *, count_padding: bool = True, empty: Empty = np.empty
) -> Array:
    """y

    Options:  count_padding: whether m counts padding, as zeros; what a last window reaches beyond it never counts.
    """
    frame, channels = Frame(window, (x.shape[1], x.shape[2]), out_size, 0), x.shape[3]
    y = empty((len(x), *out_size, channels), x.dtype)
    count = _counted(x, window, (x.shape[1], x.shape[2]), out_size, count_padding)

    def work(samples: slice, rows: slice, memory: tuple[Array, Array]) -> None:
        part, there = frame.around(x, samples, rows, memory[0]), y[samples, rows]
        (down, right), dilation = window.strides, window.dilations[1]
        sums = _rows_summed(part, window, memory[1])[:, : down * (there.shape[1] - 1) + 1 : down]
        last = right * (out_size[1] - 1) + 1
        first, *others = (sums[:, :, k * dilation : k * dilation + last : right] for k in range(window.kernel[1]))
        if others:
            np.add(first, others.pop(0), out=there)
            for other in others:
                there += other
        else:
            np.copyto(there, first)
        there /= count if len(count) == 1 else count[rows]

    def memory(samples: int, rows: int) -> tuple[Array, Array]:
        size = samples * frame.height(rows) * frame.width * channels
        return empty((size if frame.is_padded else 0,), x.dtype), empty((size,), x.dtype)

    over_images(work, len(x), out_size[0], window.strides[0] * frame.width * channels * x.itemsize, memory)
    return y


def _rows_summed(part: Array, window: Window, memory: Array) -> Array:
    """At every place the sum of those below it, as many as the kernel is high: one run through memory for each."""
    flat, line = part.reshape(-1), window.dilations[0] * part.shape[2] * part.shape[3]
    size = flat.size - line * (window.kernel[0] - 1)
    if size == flat.size:
        return part
    sums = memory[: flat.size]
    np.add(flat[:size], flat[line : line + size], out=sums[:size])
    for row in range(2, window.kernel[0]):
        sums[:size] += flat[row * line : row * line + size]
    return sums.reshape(part.shape)


def average_pool_back(
    dy: Array, window: Window, size: Size, *, count_padding: bool = True, empty: Empty = np.empty
) -> Array:
    """dx

    Options:  size: (height, width) of x.  count_padding: as before.
    """
    (height, width), (rows_out, columns_out, channels) = size, dy.shape[1:]
    dx = empty((len(dy), height, width, channels), dy.dtype)
    count = _counted(dy, window, size, (rows_out, columns_out), count_padding)
    across = met(window, 1, width, slice(0, columns_out))
    once = [apart(window, axis) for axis in (0, 1)]
    all_met = [covering(window, axis, size[axis], (rows_out, columns_out)[axis]) for axis in (0, 1)]

    def work(samples: slice, rows: slice, memory: tuple[Array, Array]) -> None:
        outputs = looking(window, 0, rows_out, rows)
        given, there = dy[samples, outputs], dx[samples, rows]
        share = memory[0][: given.size].reshape(given.shape)
        np.divide(given, count if len(count) == 1 else count[outputs], out=share)
        shape = (*given.shape[:2], width, channels)
        wide = memory[1][: prod(shape)].reshape(shape)
        _hand_out(share, across, 2, wide, once=once[1], all_met=all_met[1])
        down = met(window, 0, rows.stop - rows.start, outputs, rows.start)
        _hand_out(wide, down, 1, there, once=once[0], all_met=all_met[0])

    def memory(samples: int, rows: int) -> tuple[Array, Array]:
        outputs = samples * min(rows_out, (rows + reach(window, 0) - 2) // window.strides[0] + 1)
        places = outputs * columns_out * channels
        return empty((places,), dy.dtype), empty((outputs * width * channels,), dy.dtype)

    over_images(work, len(dy), height, width * channels * dy.itemsize, memory)
    return dx


def _counted(like: Array, window: Window, size: Size, out_size: Size, count_padding: bool) -> Array:
    """m.  Shapes:  result: (rows, columns, 1); (1, 1, 1) where it is the same everywhere"""
    count = counts(size, window, out_size, count_padding=count_padding).astype(like.dtype)[..., None]
    return count[:1, :1] if (count == count[0, 0]).all() else count


def _hand_out(x: Array, elements: list[Met], axis: int, out: Array, *, once: bool, all_met: bool) -> None:
    """Each is given to all places along an axis that it was the sum of.

    Options:  once: no place is met twice.  all_met: every place is met.
    """
    lead = (slice(None),) * axis
    if not all_met:
        out[...] = 0
    for outputs, places in elements:
        own = out[(*lead, places)]
        if once:
            np.copyto(own, x[(*lead, outputs)])
        else:
            own += x[(*lead, outputs)]
