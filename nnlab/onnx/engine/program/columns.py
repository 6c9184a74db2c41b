"""A convolution of images as one product a band: the columns of some rows of the output, by the weights.

    columns[(i, j), (a, b, c)] = x[i s + a d - p, j s + b d - p, c];   y = columns W

A kernel of one element needs none: the columns are x itself. The bias is one more element of every column, a 1. Of few
channels the rows of a window are short runs of numbers; there columns are laid out turned, as (a, b, c) rows of places.

Shapes:  x: (batch, height, width, channels); w: (maps, channels, kernel height, kernel width); y: (batch, *out, maps)
"""

from dataclasses import replace
from functools import partial
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlab.core.types import Array, Shape
from nnlab.kernels.bands import BAND_BYTES
from nnlab.kernels.pieces import cuts
from nnlab.kernels.window import Window
from nnlab.onnx.engine.program.finish import Finish
from nnlab.onnx.engine.program.layout import rows
from nnlab.onnx.engine.program.site import Call, Site
from nnlab.onnx.engine.program.slab import met_rows, padded
from nnlab.onnx.engine.program.work import on_lanes, one_by_one, pieces_of, spread

FEW = 64
"""Places: of fewer, BLAS takes longer to lay the weights out than to multiply."""

SHORT = 16
"""Numbers of a run, up to which columns are laid out turned."""


def by_columns(site: Site, x: Array, w: Array, window: Window, y: Array, finish: Finish) -> Call:
    """The call that writes y."""
    flat_x = rows(x)
    if window.kernel == window.strides == (1, 1) and not any(map(any, window.pads)) and flat_x is not None:
        return _product(flat_x, w, y, finish)
    return _banded(site, x, w, window, y, finish)


def _product(x: Array, w: Array, y: Array, finish: Finish) -> Call:
    """y = x W, some places at a time; or some maps, where there are more of these: BLAS lays W out for every piece.

    Shapes:  x: (places, channels)
    """
    by_channel = w.reshape(len(w), -1).T
    flat_y = rows(y)
    assert flat_y is not None
    (places, maps), channels = flat_y.shape, x.shape[1]
    pieces = min(pieces_of(flat_y.size * channels), max(2, max(places, maps) // FEW))
    calls: list[Call] = []
    if places < maps:
        for part in cuts(maps, pieces):
            own = flat_y[:, part]
            calls.append(one_by_one([partial(np.matmul, x, by_channel[:, part], own), *finish.maps(part).calls(own)]))
    else:
        fits = BAND_BYTES // ((channels + maps) * x.itemsize) + 1
        for cut in cuts(places, max(pieces, -(-places // fits))):
            own = flat_y[cut]
            calls.append(one_by_one([partial(np.matmul, x[cut], by_channel, own), *finish.places(cut).calls(own)]))
    return spread(calls, worth=pieces > 1)


class _Band(NamedTuple):
    sample: int
    first: int
    stop: int


def _banded(site: Site, x: Array, w: Array, window: Window, y: Array, finish: Finish) -> Call:
    """Bands of rows of the output: pad, lay out, multiply, finish."""
    channels, depth = x.shape[3], prod(w.shape[1:])
    turned = channels * w.shape[3] <= SHORT
    ones = finish.bias is not None
    weights = site.constant(("columns", ones), lambda: _weights(w, finish.bias))
    finish = replace(finish, bias=None)
    batch, height, width, maps = y.shape
    products = y.size * depth
    row_bytes = width * (depth + ones + maps) * x.itemsize
    shares = min(pieces_of(products), max(2, y.size // maps // FEW))
    fits = min(-(-height * row_bytes // BAND_BYTES), max(1, height * width // FEW))
    per_sample = max(-(-shares // batch), fits)
    bands = [
        _Band(sample, cut.start, cut.stop) for sample in range(batch) for cut in cuts(height, min(height, per_sample))
    ]
    most = max(band.stop - band.first for band in bands)
    slab_shape = _slab_shape(x, window, most) if any(map(any, window.pads)) else None
    flat_y = rows(y)
    assert flat_y is not None

    def lane() -> tuple[Array | None, Array]:
        slab = None if slab_shape is None else site.array((prod(slab_shape),), x.dtype)
        return slab, site.array((most * width * (depth + ones),), x.dtype)

    def lay_out(place: int, memory: tuple[Array | None, Array]) -> Call:
        band = bands[place]
        met, calls = _met(x, window, band, memory[0], turned)
        shape = (band.stop - band.first, width)
        columns, copies = _columns(met, window, shape, memory[1], (turned, ones))
        start = (band.sample * height + band.first) * width
        cut = slice(start, start + prod(shape))
        own = flat_y[cut]
        return one_by_one([*calls, *copies, partial(np.matmul, columns, weights, own), *finish.places(cut).calls(own)])

    return on_lanes(len(bands), lane, lay_out, worth=pieces_of(products) > 1)


def _weights(w: Array, bias: Array | None) -> Array:
    """(kernel height * kernel width * channels, maps), and the bias as one row more."""
    flat = w.transpose(2, 3, 1, 0).reshape(-1, len(w))
    return np.ascontiguousarray(flat if bias is None else np.concatenate([flat, bias[None]]))


def _slab_shape(x: Array, window: Window, out_rows: int) -> Shape:
    return met_rows(window, out_rows), x.shape[2] + sum(window.pads[1]), x.shape[3]


def _met(x: Array, window: Window, band: _Band, memory: Array | None, turned: bool) -> tuple[Array, list[Call]]:
    """What a band meets of its sample, padding included, and the calls that put it there.

    Shapes:  result: (rows, wide, channels)
    """
    first = band.first * window.strides[0] - window.pads[0][0]
    shape = _slab_shape(x, window, band.stop - band.first)
    if memory is None:
        return x[band.sample, first : first + shape[0]], []
    slab = memory[: prod(shape)]
    if turned:  # the channels one after the other
        slab = slab.reshape(shape[2], *shape[:2]).transpose(1, 2, 0)
    else:
        slab = slab.reshape(shape)
    return slab, padded(x[band.sample], first, window.pads[1][0], slab)


def _columns(
    met: Array, window: Window, places: Shape, memory: Array, how: tuple[bool, bool]
) -> tuple[Array, list[Call]]:
    """The columns, a matrix as BLAS takes it, and the calls that fill it.

    Options:  how: whether they are turned; whether a 1 stands at the end of each.
    Shapes:  places: (rows, width); result: (places, depth)
    """
    turned, ones = how
    row, column, channel = met.strides
    (down, right), (by_row, by_column) = window.strides, window.dilations
    kernel, channels, count = window.kernel, met.shape[2], prod(places)
    depth = prod(kernel) * channels
    matrix = memory[: count * (depth + ones)].reshape((depth + ones, count) if turned else (count, depth + ones))
    steps = (row * by_row, column * by_column, channel)
    if turned:
        seen = as_strided(met, (*kernel, channels, *places), (*steps, row * down, column * right))
        target = matrix[:depth].reshape(seen.shape)
        extra = matrix[depth:]
    else:
        run = steps[1] == channels * channel  # a row of a window is one run of numbers
        shape = (*places, kernel[0], kernel[1] * channels) if run else (*places, *kernel, channels)
        strides = (row * down, column * right, *(steps[:1] + steps[2:] if run else steps))
        seen = as_strided(met, shape, strides)
        size = matrix.itemsize
        deep = (depth + ones) * size
        inner = (shape[3] * size, size) if run else (kernel[1] * channels * size, channels * size, size)
        target = as_strided(matrix, shape, (places[1] * deep, deep, *inner))
        extra = matrix[:, depth:]
    calls: list[Call] = [partial(np.copyto, target, seen)]
    if ones:
        calls.append(partial(extra.fill, 1))
    return (matrix.T if turned else matrix), calls
