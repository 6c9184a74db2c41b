"""The largest of what each window meets, and its gradient, with the channels last.

    y[n, i, j, c] = max over a, b of x[n, i s + a d - p, j s + b d - p, c]
    found[n, i, j, c] = a * kernel width + b        of the first of the largest, row by row

A window is a product of two ranges: the largest of each of its rows is found first, then the largest of these. What
backward needs is where it was, one byte for each output, neither x nor y.

Shapes:  x, dx: (batch, height, width, channels); y, dy, found: (batch, rows, columns, channels)
"""

from math import prod
from typing import NamedTuple

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.groups import Empty, over_images
from nnlab.kernels.images.met import Met, apart, covering, looked_at, looking, met, reach
from nnlab.kernels.window import Window


class Memory(NamedTuple):
    """What one thread works in, each in a row.

    Options:  largest: of each row of the windows.  found: which element of the row that was.
              larger: where an element of the kernel meets something larger.  code: what is found there.
    """

    largest: Array
    found: Array
    larger: Array
    code: Array


class Along(NamedTuple):
    """How an array is folded along one axis.

    Options:  elements: of the kernel, and what they meet.  step: what each counts in `found`.
              before: what was found when it was folded along another axis.
    """

    axis: int
    elements: list[Met]
    step: int = 1
    before: Array | None = None


def max_pool(x: Array, window: Window, out_size: Shape, *, empty: Empty = np.empty) -> Array:
    """y alone."""
    return _max_pool(x, window, out_size, None, empty)


def max_pool_found(x: Array, window: Window, out_size: Shape, *, empty: Empty = np.empty) -> tuple[Array, Array]:
    """y, and found for `max_pool_back`."""
    found = empty((len(x), *out_size, x.shape[3]), np.min_scalar_type(prod(window.kernel) - 1))
    return _max_pool(x, window, out_size, found, empty), found


def _max_pool(x: Array, window: Window, out_size: Shape, found: Array | None, empty: Empty) -> Array:
    _, height, width, channels = x.shape
    y = empty((len(x), *out_size, channels), x.dtype)
    across = met(window, 1, width, slice(0, out_size[1]))
    pairs = _is_of_pairs(window) and 2 * out_size[0] <= height and 2 * out_size[1] <= width

    def memory(samples: int, rows: int) -> Memory:
        looked = min(height, (rows - 1) * window.strides[0] + reach(window, 0))
        size = samples * looked * (width if pairs else out_size[1]) * channels
        kind, wanted = (np.dtype(np.uint8), 0) if found is None else (found.dtype, size)
        return Memory(empty((size,), x.dtype), empty((wanted,), kind), empty((wanted,), bool), empty((wanted,), kind))

    def work(samples: slice, rows: slice, own: Memory) -> None:
        looked = looked_at(window, 0, height, rows)
        part, there = x[samples, looked], None if found is None else found[samples, rows]
        if pairs:
            _fold_pairs(part, y[samples, rows], there, own)
            return
        shape = (*part.shape[:2], out_size[1], channels)
        largest = own.largest[: prod(shape)].reshape(shape)
        down = met(window, 0, part.shape[1], rows, looked.start)
        codes = None if there is None else own.found[: prod(shape)].reshape(shape)
        _fold(part, Along(2, across), largest, codes, own)
        _fold(largest, Along(1, down, window.kernel[1], codes), y[samples, rows], there, own)

    over_images(work, len(x), out_size[0], window.strides[0] * width * channels * x.itemsize, memory)
    return y


def _is_of_pairs(window: Window) -> bool:
    """Whether windows are of two by two, beside each other and not padded: the usual ones."""
    return window.kernel == window.strides == (2, 2) and window.dilations == (1, 1) and not any(map(any, window.pads))


def _fold_pairs(x: Array, y: Array, found: Array | None, memory: Memory) -> None:
    """The same as two folds, for windows of pairs.

    Every place is compared with the one to its right, and with the one below, of which most is thrown away: one run
    through memory takes half the time of many runs of `channels` numbers.
    """
    width, channels = x.shape[2:]
    rows, columns, row = 2 * y.shape[1], 2 * y.shape[2], width * channels
    flat, both = x.reshape(-1), memory.largest[: x.size]
    left, right = flat[:-channels], flat[channels:]
    np.maximum(left, right, out=both[:-channels])
    both[-channels:] = 0  # at the end of a row, where no window begins
    pairs = both.reshape(x.shape)
    np.maximum(pairs[:, 0:rows:2, :columns:2], pairs[:, 1:rows:2, :columns:2], out=y)
    if found is None:
        return
    sideways, down, code = (part[: x.size] for part in memory[1:])
    np.greater(right, left, out=sideways[:-channels].view(bool))
    sideways[-channels:] = 0
    np.greater(both[row:], both[:-row], out=down[:-row])
    np.add(sideways[row:], np.uint8(2), out=code[:-row])
    code[:-row] *= down[:-row].view(np.uint8)
    np.maximum(code[:-row], sideways[:-row], out=code[:-row])
    np.copyto(found, code.reshape(x.shape)[:, 0:rows:2, :columns:2])


def _fold(x: Array, along: Along, out: Array, found: Array | None = None, memory: Memory | None = None) -> None:
    """The largest along an axis, and which element of the kernel met it, the first of several.

    A later element has a larger code: so the code is the largest of those of all elements that met something larger.
    """
    lead, every = (slice(None),) * along.axis, slice(0, out.shape[along.axis])
    elements = list(enumerate(along.elements))
    best = out
    if along.elements[0].outputs == every:  # nothing has to be written to begin with
        best = x[(*lead, elements.pop(0)[1].places)]
        if not elements or elements[0][1].outputs != every:
            np.copyto(out, best)
            best = out
    else:
        out[...] = -np.inf  # what padding counts as
    if found is not None:
        _begin(along, lead, found)
    for element, (outputs, places) in elements:
        new, old = x[(*lead, places)], best[(*lead, outputs)]
        if found is not None and memory is not None:
            larger = np.greater(new, old, out=memory.larger[: new.size].reshape(new.shape)).view(np.uint8)
            code = memory.code[: new.size].reshape(new.shape)
            count = code.dtype.type(element * along.step)
            if along.before is None:
                np.multiply(larger, count, out=code)
            else:
                np.add(along.before[(*lead, places)], count, out=code)
                code *= larger
            own = found[(*lead, outputs)]
            np.maximum(own, code, out=own)
        np.maximum(old, new, out=out[(*lead, outputs)])
        best = out


def _begin(along: Along, lead: tuple[slice, ...], found: Array) -> None:
    """The code of the first element that is inside: what stays, when none meets anything larger."""
    for element, (outputs, places) in reversed(list(enumerate(along.elements))):
        if element and along.elements[0].outputs == slice(0, found.shape[along.axis]):
            continue  # the first is inside everywhere
        own = found[(*lead, outputs)]
        own[...] = 0 if along.before is None else along.before[(*lead, places)]
        own += found.dtype.type(element * along.step)


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
