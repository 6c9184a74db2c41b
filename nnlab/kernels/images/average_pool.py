"""The mean of what each window meets, and its gradient, with the channels last.

    y[n, i, j, c] = 1/m[i, j] sum over a, b of x[n, i s + a - p, j s + b - p, c]
    dx[n, h, w, c] = sum over i, j whose windows meet (h, w) of dy[n, i, j, c] / m[i, j]

A window is a product of two ranges: rows are added up first, then what is left along each row. The gradient goes the
same way back.

Shapes:  x, dx: (batch, height, width, channels); y, dy: (batch, rows, columns, channels); m: (rows, columns)
"""

from math import prod

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.groups import Empty, over_images
from nnlab.kernels.images.met import Met, apart, covering, looked_at, looking, met, reach
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
    _, height, width, channels = x.shape
    y = empty((len(x), *out_size, channels), x.dtype)
    count = _counted(x, window, (height, width), out_size, count_padding)
    across = met(window, 1, width, slice(0, out_size[1]))

    def work(samples: slice, rows: slice, memory: Array) -> None:
        looked = looked_at(window, 0, height, rows)
        part, there = x[samples, looked], y[samples, rows]
        shape = (len(part), there.shape[1], width, channels)
        sums = memory[: prod(shape)].reshape(shape)
        _add_up(part, met(window, 0, part.shape[1], rows, looked.start), 1, sums)
        _add_up(sums, across, 2, there)
        there /= count if len(count) == 1 else count[rows]

    def memory(samples: int, rows: int) -> Array:
        return empty((samples * rows * width * channels,), x.dtype)

    over_images(work, len(x), out_size[0], window.strides[0] * width * channels * x.itemsize, memory)
    return y


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


def _add_up(x: Array, elements: list[Met], axis: int, out: Array) -> None:
    """The sums along an axis of what the elements of the kernel meet."""
    lead, every = (slice(None),) * axis, slice(0, out.shape[axis])
    (outputs, places), *others = elements
    if outputs == every and others and others[0].outputs == every:
        np.add(x[(*lead, places)], x[(*lead, others.pop(0).places)], out=out)
    elif outputs == every:
        np.copyto(out, x[(*lead, places)])
    else:
        out[...] = 0
        others = elements
    for outputs, places in others:
        own = out[(*lead, outputs)]
        own += x[(*lead, places)]


def _hand_out(x: Array, elements: list[Met], axis: int, out: Array, *, once: bool, all_met: bool) -> None:
    """The same turned round: each is given to all places that it was the sum of.

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
