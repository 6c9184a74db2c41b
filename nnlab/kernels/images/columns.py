"""Convolution by columns, the definition: what the windows meet is laid out in a matrix, and one product does the rest.

    columns[(n, i, j), (a, b, c)] = x[n, i s + a d - p, j s + b d - p, c]
    y = columns W;   dW = columns' dy;   dcolumns = dy W',  added up where windows overlap

Channels last, a row of a window is one run of kernel_width * channels numbers, and the product's result is the output
as it stands. The columns of a whole batch would be nine times the image for a 3x3 kernel: so bands of it are laid out
in memory that stays in the cache.

Shapes:  x: (batch, height, width, channels); w: (kernel height, kernel width, channels / groups, maps)
         y, dy: (batch, rows, columns, maps)
"""

from functools import partial
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlab.core.types import Array, Empty, Shape
from nnlab.kernels.images.bands import Band, largest, over_bands, parts_of, slab_of, slab_size, summed
from nnlab.kernels.product import matrix_product
from nnlab.kernels.window import Window


class Memory(NamedTuple):
    """What one thread works in.

    Options:  slab: what a band meets, with its padding; None where there is none.  columns: of one group.
              product: a product before it is added to others.
    """

    slab: Array | None
    columns: Array
    product: Array


def forward(x: Array, w: Array, window: Window, *, bias: Array | None = None, empty: Empty = np.empty) -> Array:
    """y = columns W + bias"""
    out_size = window.out_size(x.shape[1:3])
    y = empty((len(x), *out_size, w.shape[3]), x.dtype)
    if _plain(window):
        matrix_product(_rows(x), w[0, 0], out=_rows(y), empty=empty)
        if bias is not None:
            y += bias
        return y
    matrices, maps = _matrices(w, window.groups), w.shape[3] // window.groups
    depth = w.shape[0] * w.shape[1] * w.shape[2]
    parts = parts_of(len(x), out_size[0], out_size[1] * depth * x.itemsize)

    def work(band: Band, memory: Memory) -> None:
        own = y[band.samples, band.rows]
        slab = slab_of(x, window, band, memory.slab)
        for group, matrix in enumerate(matrices):
            columns = _columns(slab, window, own.shape[:3], group, w.shape[2], memory.columns)
            if window.groups == 1:
                np.matmul(columns, matrix, out=_rows(own))
            else:
                product = memory.product[: len(columns) * maps].reshape(-1, maps)
                np.matmul(columns, matrix, out=product)
                own[..., group * maps : (group + 1) * maps] = product.reshape(*own.shape[:3], maps)
        if bias is not None:
            own += bias

    product = prod(largest(parts)) * out_size[1] * maps if window.groups > 1 else 0
    over_bands(parts, partial(_memory, x, window, parts, out_size[1] * depth, empty, product), work)
    return y


def backward(
    dy: Array, x: Array, w: Array, window: Window, *, needs_dx: bool = True, empty: Empty = np.empty
) -> tuple[Array, Array | None]:
    """dw = columns' dy, and dx: dcolumns = dy W', added up where windows overlap."""
    height, width, channels, maps = w.shape
    depth, own_maps = height * width * channels, maps // window.groups
    dx = empty(x.shape, dy.dtype) if needs_dx else None
    parts = parts_of(len(x), dy.shape[1], dy.shape[2] * depth * x.itemsize, w.nbytes)
    sums = empty((len(parts), window.groups, depth, own_maps), dy.dtype)
    sums[...] = 0
    matrices = _matrices(w, window.groups)

    def work(band: Band, memory: Memory) -> None:
        given = dy[band.samples, band.rows]
        product = memory.product.reshape(depth, own_maps)
        if _plain(window):
            sums[band.part, 0] += np.matmul(_rows(x[band.samples, band.rows]).T, _rows(given), out=product)
            if dx is not None:
                np.matmul(_rows(given), matrices[0].T, out=_rows(dx[band.samples, band.rows]))
            return
        slab = slab_of(x, window, band, memory.slab)
        if dx is not None and not band.rows.start:
            dx[band.samples] = 0
        for group, matrix in enumerate(matrices):
            own = _rows(given[..., group * own_maps : (group + 1) * own_maps])
            columns = _columns(slab, window, given.shape[:3], group, channels, memory.columns)
            sums[band.part, group] += np.matmul(columns.T, own, out=product)
            if dx is not None:
                np.matmul(own, matrix.T, out=columns)
                _add_up(columns.reshape(*given.shape[:3], height, width, channels), window, band, group, dx)

    row = 0 if _plain(window) else dy.shape[2] * depth
    over_bands(parts, partial(_memory, x, window, parts, row, empty, depth * own_maps), work, apart=False)
    grouped = summed(sums).reshape(window.groups, height, width, channels, own_maps)
    dw: Array = np.moveaxis(grouped, 0, 3).reshape(w.shape)
    return dw, dx


def input_gradient(dy: Array, w: Array, window: Window, size: Shape, *, bias: Array | None, empty: Empty) -> Array:
    """dx alone, for an x of (height, width); it is also what a transposed convolution computes, with a bias.

    Shapes:  dx: (batch, *size, channels)
    """
    height, width, channels, maps = w.shape
    depth, own_maps = height * width * channels, maps // window.groups
    dx = empty((len(dy), *size, channels * window.groups), dy.dtype)
    parts = parts_of(len(dy), dy.shape[1], dy.shape[2] * depth * dy.itemsize)
    matrices = _matrices(w, window.groups)

    def work(band: Band, memory: Memory) -> None:
        given = dy[band.samples, band.rows]
        if not band.rows.start:
            dx[band.samples] = 0 if bias is None else bias
        for group, matrix in enumerate(matrices):
            own = _rows(given[..., group * own_maps : (group + 1) * own_maps])
            columns = memory.columns[: len(own) * depth].reshape(len(own), depth)
            np.matmul(own, matrix.T, out=columns)
            _add_up(columns.reshape(*given.shape[:3], height, width, channels), window, band, group, dx)

    over_bands(parts, partial(_memory, dx, window, parts, dy.shape[2] * depth, empty), work, apart=False)
    return dx


def _plain(window: Window) -> bool:
    """Whether the columns are x itself: one weight for each channel, at every place."""
    return window.kernel == window.strides == (1, 1) and window.groups == 1 and not any(map(any, window.pads))


def _rows(x: Array) -> Array:
    """All places below each other.  Shapes:  result: (places, channels)"""
    return x.reshape(-1, x.shape[-1])


def _matrices(w: Array, groups: int) -> list[Array]:
    """The weights of each group.  Shapes:  each: (kernel height * kernel width * channels / groups, maps / groups)"""
    flat = _rows(w)
    return [np.ascontiguousarray(part) for part in np.split(flat, groups, axis=1)] if groups > 1 else [flat]


def _memory(
    x: Array, window: Window, parts: tuple[tuple[Band, ...], ...], row: int, empty: Empty, product: int = 0
) -> Memory:
    """Options:  row: how many numbers the columns of one row of outputs are.  product: numbers of a product."""
    samples, rows = largest(parts)
    slab = slab_size(x.shape, window, parts)
    return Memory(
        empty((slab,), x.dtype) if slab else None,
        empty((samples * rows * row,), x.dtype),
        empty((product,), x.dtype),
    )


def _columns(slab: Array, window: Window, places: Shape, group: int, channels: int, memory: Array) -> Array:
    """Shapes:  places: (samples, rows, columns); result: (samples * rows * columns, kernel * channels)"""
    view = _windows(slab[..., group * channels : (group + 1) * channels], window, places)
    columns = memory[: view.size].reshape(view.shape)
    in_a_row = view.strides[4] == channels * view.strides[5]  # not where x is a part of another's channels
    if in_a_row and window.dilations[1] == 1 and channels == slab.shape[3]:  # a row of a window is one run of numbers
        run = view.shape[4] * channels
        view = as_strided(view, (*view.shape[:4], run), (*view.strides[:4], view.strides[5]))
        np.copyto(columns.reshape(view.shape), view)
    else:
        np.copyto(columns, view)
    return columns.reshape(prod(places), prod(view.shape[3:]))


def _windows(slab: Array, window: Window, places: Shape) -> Array:
    """Every window over a slab, as a view.  Shapes:  result: (*places, kernel height, kernel width, channels)"""
    sample, row, column, channel = slab.strides
    (down, right), (by_row, by_column) = window.strides, window.dilations
    return as_strided(
        slab,
        (*places, *window.kernel, slab.shape[3]),
        (sample, row * down, column * right, row * by_row, column * by_column, channel),
    )


def _add_up(columns: Array, window: Window, band: Band, group: int, dx: Array) -> None:
    """dx += what each element of the kernel gives back to the places that it met, in the image.

    Shapes:  columns: (samples, rows, columns, kernel height, kernel width, channels)
    """
    channels = columns.shape[5]
    own = dx[band.samples, :, :, group * channels : (group + 1) * channels]
    for a in range(window.kernel[0]):
        for b in range(window.kernel[1]):
            rows, met_rows = _inside(window, 0, a, band.rows, dx.shape[1])
            across, met_columns = _inside(window, 1, b, slice(0, columns.shape[2]), dx.shape[2])
            met = own[:, met_rows, met_columns]
            met += columns[:, rows, across, a, b]


def _inside(window: Window, axis: int, element: int, outputs: slice, length: int) -> tuple[slice, slice]:
    """Which of some outputs have an element of the kernel inside the image, and where it meets the image there."""
    stride = window.strides[axis]
    first = outputs.start * stride + element * window.dilations[axis] - window.pads[axis][0]
    count = outputs.stop - outputs.start
    low = max(0, -(first // stride)) if first < 0 else 0
    high = min(count, (length - 1 - first) // stride + 1) if length > first else 0
    if low >= high:
        return slice(0, 0), slice(0, 0)
    start = first + low * stride
    return slice(low, high), slice(start, start + (high - 1 - low) * stride + 1, stride)
