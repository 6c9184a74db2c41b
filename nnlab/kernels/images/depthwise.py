"""Depthwise convolution: each channel with a kernel of its own, so nothing is summed over channels.

    y[n, i, j, c] = sum over a, b of w[a, b, c] x[n, i s + a d - p, j s + b d - p, c]

There are no products of matrices in it. A row of an image is one run of width * channels numbers, which a row of
weights, repeated for every place, is multiplied with and added to the output, in a pass for each element of the kernel.
The gradient of x is the same convolution of dy, the kernel turned by 180 degrees; a stride larger than 1 stands
between the values of dy as zeros.

    dw[a, b, c] = sum over n, i, j of dy[n, i, j, c] x[n, i s + a d - p, j s + b d - p, c]
    dx[n, u, v, c] = sum over a, b of w[a, b, c] e[n, u + p - a d, v + p - b d, c]
    e[n, i s, j s, c] = dy[n, i, j, c], and 0 elsewhere

Shapes:  x: (batch, height, width, channels); w: (kernel height, kernel width, 1, channels)
         y, dy: (batch, rows, columns, channels)
"""

from functools import partial
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlab.core.types import Array, Empty, Shape
from nnlab.kernels.images.bands import Band, largest, over_bands, parts_of, slab_of, slab_size, summed
from nnlab.kernels.window import Window

BAND_BYTES = 1 << 20
"""Of one band's outputs, which are done in one call."""


class Memory(NamedTuple):
    """What one thread works in: what a band meets, and a product that is added to the sums of its part."""

    slab: Array | None
    product: Array


def fits(w_shape: Shape, window: Window) -> bool:
    """Whether a convolution is depthwise, with one map for each channel."""
    return w_shape[2] == 1 and window.groups == w_shape[3] > 1


def forward(x: Array, w: Array, window: Window, *, bias: Array | None = None, empty: Empty = np.empty) -> Array:
    """y + bias"""
    out_size = window.out_size(x.shape[1:3])
    y = empty((len(x), *out_size, x.shape[3]), x.dtype)
    weights = _weights(w, window, out_size[1], empty)
    parts = parts_of(len(x), out_size[0], prod(y.shape[2:]) * x.itemsize, band_bytes=BAND_BYTES)

    def work(band: Band, memory: Memory) -> None:
        own = y[band.samples, band.rows]
        _correlated(slab_of(x, window, band, memory.slab), weights, window, own)
        if bias is not None:
            own += bias

    over_bands(parts, partial(_memory, x, window, parts, empty), work)
    return y


def backward(
    dy: Array, x: Array, w: Array, window: Window, *, needs_dx: bool = True, empty: Empty = np.empty
) -> tuple[Array, Array | None]:
    """dw and dx."""
    weights_shape = _weights_shape(w, window, dy.shape[2])
    parts = parts_of(len(x), dy.shape[1], prod(dy.shape[2:]) * x.itemsize, band_bytes=BAND_BYTES)
    sums = empty((len(parts), *weights_shape), dy.dtype)
    sums[...] = 0

    def work(band: Band, memory: Memory) -> None:
        met, given = _met(slab_of(x, window, band, memory.slab), window, dy[band.samples, band.rows])
        by = "nrabk,nrk->abk" if window.strides[1] == 1 else "nrabwc,nrwc->abc"
        sums[band.part] += np.einsum(by, met, given, out=memory.product.reshape(weights_shape))

    over_bands(parts, partial(_memory, x, window, parts, empty, prod(weights_shape)), work, apart=False)
    dw = summed(sums).reshape(*window.kernel, -1, w.shape[3]).sum(axis=2).reshape(w.shape)
    return dw, _input_gradient(dy, w, window, x.shape, empty) if needs_dx else None


def _input_gradient(dy: Array, w: Array, window: Window, x_shape: Shape, empty: Empty) -> Array:
    """dx: a convolution of dy with zeros between its values, by the kernel turned round."""
    turned = Window(window.kernel, (1, 1), window.dilations, _turned_pads(window, dy.shape, x_shape))
    dx = empty(x_shape, dy.dtype)
    weights = _weights(w[::-1, ::-1], turned, x_shape[2], empty)
    parts = parts_of(len(dy), x_shape[1], prod(x_shape[2:]) * dy.itemsize, band_bytes=BAND_BYTES)
    samples, rows = largest(parts)
    (down, right), wide = window.strides, x_shape[2] + window.dilations[1] * (window.kernel[1] - 1)
    most = samples * (rows + window.dilations[0] * (window.kernel[0] - 1)) * wide * x_shape[3]

    def work(band: Band, memory: Array) -> None:
        count = band.rows.stop - band.rows.start + window.dilations[0] * (window.kernel[0] - 1)
        slab = memory[: (band.samples.stop - band.samples.start) * count * wide * x_shape[3]]
        slab = slab.reshape(-1, count, wide, x_shape[3])
        slab[...] = 0
        there, of_rows = _every(down, band.rows.start - turned.pads[0][0], count, dy.shape[1])
        across, of_columns = _every(right, -turned.pads[1][0], wide, dy.shape[2])
        slab[:, there, across] = dy[band.samples, of_rows, of_columns]
        _correlated(slab, weights, turned, dx[band.samples, band.rows])

    over_bands(parts, partial(empty, (most,), dy.dtype), work)
    return dx


def _turned_pads(window: Window, dy_shape: Shape, x_shape: Shape) -> tuple[tuple[int, int], ...]:
    """How far dy, spread by the stride, stands from the beginning of x, seen by the kernel turned round."""
    reaches = (d * (k - 1) for k, d in zip(window.kernel, window.dilations, strict=True))
    return tuple((reach - before, 0) for reach, (before, _) in zip(reaches, window.pads, strict=True))


def _every(stride: int, first: int, count: int, length: int) -> tuple[slice, slice]:
    """Where the values of an axis stand, stride apart, in a slab that begins at `first` of it: places, and values."""
    low = max(0, -(-first // stride))
    high = max(low, min(length, -(-(first + count) // stride)))
    start = low * stride - first
    return slice(start, start + (high - low) * stride, stride), slice(low, high)


def _memory(x: Array, window: Window, parts: tuple[tuple[Band, ...], ...], empty: Empty, product: int = 0) -> Memory:
    size = slab_size(x.shape, window, parts)
    return Memory(empty((size,), x.dtype) if size else None, empty((product,), x.dtype))


def _weights_shape(w: Array, window: Window, across: int) -> Shape:
    """Shapes:  result: (kernel, columns * channels) where a window moves by one, else (kernel, channels)"""
    return (*window.kernel, across * w.shape[3]) if window.strides[1] == 1 else (*window.kernel, w.shape[3])


def _weights(w: Array, window: Window, across: int, empty: Empty) -> Array:
    """The weights of a row of outputs: repeated for every place where a row of the image is one run of numbers."""
    shape = _weights_shape(w, window, across)
    weights = empty(shape, w.dtype)
    weights.reshape(*window.kernel, -1, w.shape[3])[...] = w
    return weights


def _met(slab: Array, window: Window, outputs: Array) -> tuple[Array, Array]:
    """What each element of the kernel meets, and the outputs, with the axes after their rows alike.

    Shapes:  (samples, rows, kernel, columns * channels) and (samples, rows, columns * channels) where a window moves by
             one; else (samples, rows, kernel, columns, channels) and (samples, rows, columns, channels)
    """
    if slab.strides[2:] != (
        slab.shape[3] * slab.itemsize,
        slab.itemsize,
    ):  # some channels of a wider image, whose rows are no runs of numbers
        slab = np.ascontiguousarray(slab)
    sample, row, column, channel = slab.strides
    (down, right), (by_row, by_column) = window.strides, window.dilations
    steps = (sample, row * down, row * by_row, column * by_column)
    if right == 1:
        run = outputs.reshape(*outputs.shape[:2], prod(outputs.shape[2:]))
        return as_strided(slab, (*run.shape[:2], *window.kernel, run.shape[2]), (*steps, channel)), run
    shape = (*outputs.shape[:2], *window.kernel, *outputs.shape[2:])
    return as_strided(slab, shape, (*steps, column * right, channel)), outputs


def _correlated(slab: Array, weights: Array, window: Window, y: Array) -> None:
    """y = what the kernel meets times its weights, added up in one call."""
    met, own = _met(slab, window, y)
    by: Any = "nrabk,abk->nrk" if window.strides[1] == 1 else "nrabwc,abc->nrwc"
    np.einsum(by, met, weights, out=own)
