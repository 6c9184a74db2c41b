"""Convolution over any number of spatial axes, and its gradients: one sample's columns at a time, as matrix products.

    y[n, m, o] = sum over c, k of w[m, c, k] x[n, c, o strides + k dilations - pads]

The columns of some output positions, cols[(c, k), o] = x[n, c, o strides + k dilations - pads], turn the sum into one
product, w @ cols. They are laid out for a band of output rows at a time, in memory that the next band uses again, small
enough to stay in the processor's cache. Bands are spread over threads, BLAS held to one thread in each.

Shapes:  x: (batch, channels, *size); w: (maps, channels / groups, *kernel); y: (batch, maps, *out_size)
         strides, dilations: one number per spatial axis; pads: (before, after) per spatial axis
Source:  Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing", 2006.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import prod
from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array, Shape
from nnlab.kernels.threads import in_threads

BAND_BYTES = 1 << 19
"""Of one band's columns: they are written and read once each, from the second-level cache."""

PARTS = 8
"""Into so many lists the bands are dealt, whatever the number of threads: sums come out the same to the last bit."""


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


def convolve(x: Array, w: Array, window: Window, *, bias: Array | None = None, threads: int = 0) -> Array:
    """y

    Options:  bias: (maps,), added to y while a band of it is still in the cache.  threads: 0 for all cores.
    Raises:  ShapeError: if the kernel or the channels do not fit.
    """
    _require(x, w, window)
    out_size = window.out_size(x.shape[2:])
    y = np.empty((len(x), len(w), *out_size), x.dtype)
    if w.shape[1] == 1 and len(w) == window.groups == x.shape[1]:
        return _depthwise(padded(x, window.pads), w, window, y, bias, threads)
    flat_w = w.reshape(window.groups, len(w) // window.groups, -1)
    flat_y = y.reshape(len(x), window.groups, flat_w.shape[1], -1)
    flat_b = None if bias is None else bias.reshape(window.groups, -1, 1)

    def work(band: "_Band", columns: Array) -> None:
        own = np.matmul(flat_w[band.group], columns, out=flat_y[band.sample, band.group, :, band.span])
        if flat_b is not None:
            own += flat_b[band.group]

    _over_bands(x, window, out_size, work, threads)
    return y


def convolve_dx(dy: Array, w: Array, window: Window, size: Sequence[int], *, threads: int = 0) -> Array:
    """dx: each output position gives its gradient back to the elements that it was made from.

        dcols = wT @ dy;  dx[n, c, o strides + k dilations - pads] += dcols[(c, k), o]

    Shapes:  dy: like y; size: that of x
    """
    groups, out_size = window.groups, dy.shape[2:]
    flat_w = w.reshape(groups, len(w) // groups, -1)
    full = tuple(n + sum(pads) for n, pads in zip(size, window.pads, strict=True))
    dx = np.zeros((len(dy), groups * w.shape[1], *full), dy.dtype)
    taps = window.taps(out_size)

    def work(n: int) -> None:
        for group in range(groups):
            dcols = flat_w[group].T @ dy[n].reshape(groups, flat_w.shape[1], -1)[group]
            dcols = dcols.reshape(w.shape[1], len(taps), *out_size)
            own = dx[n, group * w.shape[1] : (group + 1) * w.shape[1]]
            for tap, where in enumerate(taps):
                own[where] += dcols[:, tap]

    in_threads([partial(work, n) for n in range(len(dy))], threads)
    given: Array = dx[inner(size, window.pads)]
    return given


def convolve_dw(dy: Array, x: Array, window: Window, *, threads: int = 0) -> Array:
    """dw: what each kernel element met, weighted by the gradient of what it made.  dw = sum over n of dy @ colsT"""
    groups, out_size = window.groups, dy.shape[2:]
    maps = dy.shape[1] // groups
    flat_dy = dy.reshape(len(dy), groups, maps, -1)
    parts = np.zeros((PARTS, groups, maps, x.shape[1] // groups * prod(window.kernel)), x.dtype)

    def work(band: "_Band", columns: Array) -> None:
        parts[band.part, band.group] += flat_dy[band.sample, band.group, :, band.span] @ columns.T

    _over_bands(x, window, out_size, work, threads)
    dw: Array = parts.sum(axis=0).reshape(groups * maps, x.shape[1] // groups, *window.kernel)
    return dw


@dataclass(frozen=True)
class _Band:
    """Some rows of one sample's output in one group.

    Options:  rows: along the first spatial axis.  span: the same as flat output positions.
              part: which of the PARTS it belongs to; bands of one part are worked on in order, by one thread.
    """

    sample: int
    group: int
    rows: range
    span: slice
    part: int


def _over_bands(x: Array, window: Window, out_size: Shape, work: Callable[[_Band, Array], None], threads: int) -> None:
    """Calls work(band, columns) for all bands. Which bands share a part does not depend on the number of threads."""
    x_padded = padded(x, window.pads)
    taps, channels = window.taps(out_size), x.shape[1] // window.groups
    whole = all(size == 1 for size in (*window.kernel, *window.strides))  # 1x1: the columns are x itself
    bands = _bands(len(x), window, out_size, channels * len(taps) * x.itemsize, whole)

    def columns_of(band: _Band, memory: Array) -> Array:
        own = x_padded[band.sample, band.group * channels : (band.group + 1) * channels]
        if whole:
            return own.reshape(channels, -1)[:, band.span]
        columns = memory[: channels * len(taps) * (band.span.stop - band.span.start)]
        shaped = columns.reshape(channels, len(taps), len(band.rows), *out_size[1:])
        stride = window.strides[0]
        for tap, (_, first, *others) in enumerate(taps):
            start = first.start + band.rows.start * stride
            rows = slice(start, start + stride * (len(band.rows) - 1) + 1, stride)
            shaped[:, tap] = own[(slice(None), rows, *others)]
        return shaped.reshape(channels * len(taps), -1)

    def run(part: int) -> None:
        own = bands[part]
        largest = 0 if whole else max((band.span.stop - band.span.start for band in own), default=0)
        memory = np.empty(channels * len(taps) * largest, x.dtype)
        for band in own:
            work(band, columns_of(band, memory))

    in_threads([partial(run, part) for part in range(PARTS) if bands[part]], threads)


def _bands(samples: int, window: Window, out_size: Shape, bytes_per_place: int, whole: bool) -> list[list[_Band]]:
    """Every band, in PARTS lists."""
    per_row = prod(out_size[1:])
    height = out_size[0]
    fit = height if whole else max(1, BAND_BYTES // max(1, bytes_per_place * per_row))
    count = max(
        -(-height // fit), min(height, -(-PARTS // (samples * window.groups))) if per_row * height > 1024 else 1
    )
    starts = [height * i // count for i in range(count + 1)]
    every = [
        (sample, group, range(starts[i], starts[i + 1]))
        for sample in range(samples)
        for group in range(window.groups)
        for i in range(count)
    ]
    bands: list[list[_Band]] = [[] for _ in range(PARTS)]
    for place, (sample, group, rows) in enumerate(every):
        part = place * PARTS // len(every)
        bands[part].append(_Band(sample, group, rows, slice(rows.start * per_row, rows.stop * per_row), part))
    return bands


def _depthwise(x: Array, w: Array, window: Window, y: Array, bias: Array | None, threads: int) -> Array:
    """One map per channel: products of single channels are too thin, so each kernel element scales what it meets."""
    taps = window.taps(y.shape[2:])
    flat_w = w.reshape(len(w), -1)

    def work(n: int, channels: slice) -> None:
        own, own_x, scratch = y[n, channels], x[n, channels], np.empty_like(y[n, channels])
        shape = (-1, *[1] * (own.ndim - 1))
        for tap, where in enumerate(taps):
            met = own_x[where]
            if tap == 0:
                np.multiply(met, flat_w[channels, tap].reshape(shape), out=own)
            else:
                own += np.multiply(met, flat_w[channels, tap].reshape(shape), out=scratch)
        if bias is not None:
            own += bias[channels].reshape(shape)

    step = max(1, min(len(w) // 2, BAND_BYTES // max(1, y[0, 0].nbytes)))
    pieces = [(n, slice(c, c + step)) for n in range(len(y)) for c in range(0, len(w), step)]
    in_threads([partial(work, *piece) for piece in pieces], threads)
    return y


def _require(x: Array, w: Array, window: Window) -> None:
    if x.shape[1] != w.shape[1] * window.groups or len(w) % window.groups:
        raise ShapeError(
            f"{x.shape[1]} channels in {window.groups} groups do not fit {len(w)} maps of {w.shape[1]} channels each"
        )
    if w.shape[2:] != window.kernel or x.ndim != w.ndim:
        raise ShapeError(f"an input of shape {x.shape} does not fit a kernel of shape {w.shape}")
