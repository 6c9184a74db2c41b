"""The largest of what each window meets, and its gradient, with the channels last.

    y[n, i, j, c] = max over a, b of x[n, i s + a d - p, j s + b d - p, c]
    found[n, i, j, c] = a * kernel width + b        of the first of the largest, row by row

A window is a product of two ranges: the largest of each of its rows is found first, then the largest of these. What
backward needs is where it was, one byte for each output, neither x nor y.

Along a row, the window that begins at every place is looked at, though only those a stride apart are kept: one run
through memory takes less time than many runs of `channels` numbers.

Shapes:  x, dx: (batch, height, width, channels); y, dy, found: (batch, rows, columns, channels)
"""

from math import prod
from typing import NamedTuple

import numpy as np

from nnlab.core.types import Array, Empty, Shape
from nnlab.kernels.groups import over_images
from nnlab.kernels.images.frame import Frame
from nnlab.kernels.images.met import apart, covering, looking, met, reach
from nnlab.kernels.window import Window


class Memory(NamedTuple):
    """What one thread works in, each in a row.

    Options:  frame: the images with padding around them.  across, down: the largest of each row of the windows, and of
              each window.  across_found, down_found: which elements of the kernel met these.
              larger: where an element meets something larger.  code: what is found there.
    """

    frame: Array
    across: Array
    down: Array
    across_found: Array
    down_found: Array
    larger: Array
    code: Array


def max_pool(x: Array, window: Window, out_size: Shape, *, empty: Empty = np.empty) -> Array:
    """y alone."""
    return _max_pool(x, window, out_size, None, empty)


def max_pool_found(x: Array, window: Window, out_size: Shape, *, empty: Empty = np.empty) -> tuple[Array, Array]:
    """y, and found for `max_pool_back`."""
    found = empty((len(x), *out_size, x.shape[3]), np.min_scalar_type(prod(window.kernel) - 1))
    return _max_pool(x, window, out_size, found, empty), found


def _max_pool(x: Array, window: Window, out_size: Shape, found: Array | None, empty: Empty) -> Array:
    frame, channels = Frame(window, (x.shape[1], x.shape[2]), out_size, -np.inf), x.shape[3]
    y = empty((len(x), *out_size, channels), x.dtype)
    first = _first_inside(window, out_size, channels, found) if found is not None and frame.is_padded else None

    def memory(samples: int, rows: int) -> Memory:
        row = samples * frame.width * channels
        size, fewer = row * frame.height(rows), row * rows
        kind, codes = (np.uint8, (0, 0)) if found is None else (found.dtype, (size, fewer))
        return Memory(
            empty((size if frame.is_padded else 0,), x.dtype), empty((size,), x.dtype), empty((fewer,), x.dtype),
            empty((codes[0],), kind), empty((codes[1],), kind), empty((codes[0],), bool), empty((codes[0],), kind),
        )  # fmt: skip

    def work(samples: slice, rows: slice, own: Memory) -> None:
        part = frame.around(x, samples, rows, own.frame)
        largest, codes = _largest(part, window, rows.stop - rows.start, own, with_codes=found is not None)
        columns = slice(0, window.strides[1] * (out_size[1] - 1) + 1, window.strides[1])
        np.copyto(y[samples, rows], largest[:, :, columns])
        if found is not None:
            there = found[samples, rows]
            np.copyto(there, 0 if codes is None else codes[:, :, columns])
            if first is not None:
                np.maximum(there, first[rows], out=there)

    over_images(work, len(x), out_size[0], window.strides[0] * frame.width * channels * x.itemsize, memory)
    return y


def _largest(part: Array, window: Window, rows: int, own: Memory, *, with_codes: bool) -> tuple[Array, Array | None]:
    """The largest, and its code, of the windows of some rows that begin at every column.

    Options:  part: what the windows meet.  rows: how many of windows.
    Shapes:  result: (samples, rows, width, channels)
    """
    (samples, height, width, channels), flat = part.shape, part.reshape(-1)
    across, codes = own.across[: flat.size], own.across_found[: flat.size] if with_codes else None
    step = window.dilations[1] * channels
    size = flat.size - step * (window.kernel[1] - 1)
    places = [flat[k * step : k * step + size] for k in range(window.kernel[1])]
    if len(places) > 1:
        _fold(places, None, 1, across[:size], None if codes is None else codes[:size], own)
        across[size:] = 0  # where no window fits any more
        if codes is not None:
            codes[size:] = 0
    else:
        across, codes = flat, None
    lines = [slice(k, k + window.strides[0] * (rows - 1) + 1, window.strides[0]) for k in _starts(window)]
    shape, out_shape = (samples, height, width * channels), (samples, rows, width * channels)
    places = [across.reshape(shape)[:, line] for line in lines]
    before = None if codes is None else [codes.reshape(shape)[:, line] for line in lines]
    result = samples, rows, width, channels
    if len(places) == 1:
        return places[0].reshape(result), None if before is None else before[0].reshape(result)
    down = own.down[: prod(out_shape)].reshape(out_shape)
    found = own.down_found[: prod(out_shape)].reshape(out_shape) if with_codes else None
    _fold(places, before, window.kernel[1], down, found, own)
    return down.reshape(result), None if found is None else found.reshape(result)


def _starts(window: Window) -> range:
    """The row in a window that each element of the kernel's height looks at."""
    return range(0, window.dilations[0] * (window.kernel[0] - 1) + 1, window.dilations[0])


def _fold(
    places: list[Array], before: list[Array] | None, unit: int, out: Array, found: Array | None, own: Memory
) -> None:
    """The largest of several arrays, element by element, and which of them it was of, the first of equal ones.

    A later one has a larger code: so the code is the largest of those of all that are larger than what came before.

    Options:  before: codes that the elements have already.  unit: how much one array more counts.
    """
    best = places[0]
    for number, new in enumerate(places[1:], 1):
        if found is not None and before is None and number * unit == 1 and found.dtype == np.uint8:
            np.greater(new, best, out=found.view(bool))  # is the code itself
        elif found is not None:
            larger = np.greater(new, best, out=own.larger[: new.size].reshape(new.shape)).view(np.uint8)
            code, count = own.code[: new.size].reshape(new.shape), found.dtype.type(number * unit)
            if before is None:
                np.multiply(larger, count, out=code)
            else:
                np.add(before[number], count, out=code)
                code *= larger
            there = found if number > 1 else 0 if before is None else before[0]
            np.maximum(code, there, out=found)
        best = np.maximum(best, new, out=out)


def _first_inside(window: Window, out_size: Shape, channels: int, found: Array) -> Array:
    """The code of the first element of each window that is not padding: that of the largest where all are -inf.

    Shapes:  result: (rows, columns, channels)
    """
    rows, columns = (
        np.maximum(0, -(-(window.pads[axis][0] - np.arange(out_size[axis]) * window.strides[axis]) // d))
        for axis, d in enumerate(window.dilations)
    )
    codes = rows[:, None] * window.kernel[1] + columns
    return np.repeat(codes[..., None].astype(found.dtype), channels, axis=2)


def max_pool_back(dy: Array, found: Array, window: Window, size: Shape, *, empty: Empty = np.empty) -> Array:
    """dx: each gradient goes to the place where the largest was found.

    Options:  size: (height, width) of x.
    """
    (height, width), channels, out_size = size, dy.shape[3], dy.shape[1:3]
    dx = empty((len(dy), height, width, channels), dy.dtype)
    across = met(window, 1, width, slice(0, out_size[1]))
    once = all(apart(window, axis) for axis in (0, 1))
    all_met = all(covering(window, axis, size[axis], out_size[axis]) for axis in (0, 1))

    def memory(samples: int, rows: int) -> tuple[Array, Array]:
        looking_there = min(out_size[0], (rows + reach(window, 0) - 2) // window.strides[0] + 1)
        numbers = samples * looking_there * out_size[1] * channels
        return empty((numbers,), bool), empty((numbers,), dy.dtype)

    def work(samples: slice, rows: slice, own: tuple[Array, Array]) -> None:
        outputs = looking(window, 0, out_size[0], rows)
        given, where, there = dy[samples, outputs], found[samples, outputs], dx[samples, rows]
        if not all_met:
            there[...] = 0
        for a, down in enumerate(met(window, 0, rows.stop - rows.start, outputs, rows.start)):
            for b, right in enumerate(across):
                part = given[:, down.outputs, right.outputs]
                here = own[0][: part.size].reshape(part.shape)
                np.equal(where[:, down.outputs, right.outputs], a * window.kernel[1] + b, out=here)
                share = own[1][: part.size].reshape(part.shape)
                np.copyto(share, here)  # quicker than a product of floats and booleans
                target = there[:, down.places, right.places]
                if once:
                    np.multiply(share, part, out=target)
                else:
                    share *= part
                    target += share

    over_images(work, len(dy), height, width * channels * dy.itemsize, memory)
    return dx
