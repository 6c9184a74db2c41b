"""Convolution over any number of spatial axes, and its gradients: one sample's columns at a time, as matrix products.

    y[n, m, o] = sum over c, k of w[m, c, k] x[n, c, o strides + k dilations - pads]

The columns of some output positions, cols[(c, k), o] = x[n, c, o strides + k dilations - pads], turn the sum into one
product, w @ cols. They are laid out for a band of output rows at a time (kernels/bands.py). Where there are far fewer
maps than channels, columns are longer to write than to multiply; there, products come first and are shifted then:

    y[n, m, o] = sum over k of p[m, k, o + k dilations],  p[(m, k), i] = sum over c of w[m, c, k] x[n, c, i - pads]

Bands are spread over threads, BLAS held to one thread in each; a small convolution stays on the thread that it is on.

Shapes:  x: (batch, channels, *size); w: (maps, channels / groups, *kernel); y: (batch, maps, *out_size)
         strides, dilations: one number per spatial axis; pads: (before, after) per spatial axis
Source:  Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing", 2006.
"""

from collections.abc import Sequence
from functools import partial
from itertools import product
from math import prod
from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array
from nnlab.kernels.bands import BAND_BYTES, PARTS, Band, Bands, Job, bands_of
from nnlab.kernels.depthwise import depthwise
from nnlab.kernels.meetings import by_meetings, dw_by_meetings, dx_by_meetings, mostly_padding
from nnlab.kernels.threads import in_threads
from nnlab.kernels.window import Window, inner, padded

__all__ = ["BAND_BYTES", "Window", "convolve", "convolve_dw", "convolve_dx", "inner", "padded"]

EVERY = slice(None)

Between = tuple[Any, Any]
"""The lowest and the highest that an output may be; None for no bound."""


def convolve(
    x: Array, w: Array, window: Window, *, bias: Array | None = None, between: Between = (None, None), threads: int = 0
) -> Array:
    """min(max(y, low), high), low and high being `between`

    Options:  bias: (maps,), added to y while a band of it is still in the cache; `between` likewise.
              threads: 0 for all cores.
    Raises:  ShapeError: if the kernel or the channels do not fit.
    """
    require_fit(x, w, window)
    maps = len(w) // window.groups
    if w.shape[1] == 1 and maps == 1:
        return depthwise(x, w, window, bias=bias, between=between, threads=threads)
    flat_b = None if bias is None else bias.reshape(window.groups, maps)

    def finished(group: int, part: slice, own: Array) -> None:
        if flat_b is not None:
            own += flat_b[group, part].reshape(-1, *[1] * (own.ndim - 1))
        clipped(own, between)

    first = products_come_first(window, w.shape[1], maps)
    bands = bands_of(Job(window, len(x), w.shape[1], maps, x.shape[2:], x.itemsize, first))
    if bands.mostly_padding:
        return by_meetings(x, w, window, finished, threads=threads)
    y = np.empty((len(x), len(w), *bands.out_size), x.dtype)
    flat_y = y.reshape(len(x), window.groups, maps, -1)
    if first:
        by_row = np.ascontiguousarray(
            w.reshape(window.groups, maps, w.shape[1], window.kernel[0], -1).transpose(0, 3, 4, 1, 2)
        ).reshape(window.groups, window.kernel[0], -1, w.shape[1])

        def add_up(band: Band, slab: Array) -> None:
            own = flat_y[band.sample, band.group, :, band.span]
            _sum_of_products(slab, by_row[band.group], own.reshape(maps, band.rows, *y.shape[3:]), bands)
            finished(band.group, EVERY, own)

        bands.over(x, add_up, bands.slab, threads)
        return y
    flat_w = w.reshape(window.groups, maps, -1)

    def work(band: Band, columns: Array) -> None:
        own = flat_y[band.sample, band.group, :, band.span]
        finished(band.group, EVERY, np.matmul(flat_w[band.group], columns, out=own))

    bands.over(x, work, bands.columns, threads)
    return y


def convolve_dx(dy: Array, w: Array, window: Window, size: Sequence[int], *, threads: int = 0) -> Array:
    """dx: each output position gives its gradient back to the elements that it was made from.

        dcols = wT @ dy;  dx[n, c, o strides + k dilations - pads] += dcols[(c, k), o]

    Shapes:  dy: like y; size: that of x
    """
    if mostly_padding(window, tuple(size), dy.shape[2:]):
        return dx_by_meetings(dy, w, window, size, threads=threads)
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
    groups = window.groups
    maps = dy.shape[1] // groups
    flat_dy = dy.reshape(len(dy), groups, maps, -1)
    bands = bands_of(Job(window, len(x), x.shape[1] // groups, maps, x.shape[2:], x.itemsize, asked=dy.shape[2:]))
    if bands.mostly_padding:
        return dw_by_meetings(dy, x, window, threads=threads)
    parts = np.zeros((PARTS, groups, maps, x.shape[1] // groups * prod(window.kernel)), x.dtype)

    def work(band: Band, columns: Array) -> None:
        parts[band.part, band.group] += flat_dy[band.sample, band.group, :, band.span] @ columns.T

    bands.over(x, work, bands.columns, threads)
    dw: Array = parts.sum(axis=0).reshape(groups * maps, x.shape[1] // groups, *window.kernel)
    return dw


def products_come_first(window: Window, channels: int, maps: int) -> bool:
    """Whether products are to be shifted, not columns: fewer bytes move, and every position is used."""
    return all(s == 1 for s in window.strides) and prod(window.kernel) > 1 and channels >= 16 and 2 * maps <= channels


def clipped(y: Array, between: Between) -> None:
    """y held between two bounds, in place; not a number stays what it is."""
    low, high = between
    if low is not None:
        np.maximum(y, low, out=y)
    if high is not None:
        np.minimum(y, high, out=y)


def _sum_of_products(slab: Array, w: Array, y: Array, bands: Bands) -> None:
    """The band y: for every row of the kernel one product with the slab, added up with each part shifted to its place.

    Shapes:  slab: (channels, rows, *wide); w: (kernel rows, others * maps, channels); y: (maps, rows, *out_size[1:])
    """
    window, per_row = bands.job.window, prod(bands.wide)
    shifts = [
        tuple(slice(k * d, k * d + n) for k, d, n in zip(element, window.dilations[1:], y.shape[2:], strict=True))
        for element in product(*map(range, window.kernel[1:]))
    ]
    flat, products = slab.reshape(len(slab), -1), np.empty((w.shape[1], y.shape[1] * per_row), slab.dtype)
    for row, own in enumerate(w):
        start = row * window.dilations[0] * per_row
        np.matmul(own, flat[:, start : start + products.shape[1]], out=products)
        shaped = products.reshape(len(shifts), len(y), y.shape[1], *bands.wide)
        for place, shift in enumerate(shifts):
            part = shaped[place][(..., *shift)]
            if row == place == 0:
                y[...] = part
            else:
                y += part


def require_fit(x: Array, w: Array, window: Window) -> None:
    """Raises ShapeError: where the channels or the kernel do not fit."""
    if x.shape[1] != w.shape[1] * window.groups or len(w) % window.groups:
        raise ShapeError(
            f"{x.shape[1]} channels in {window.groups} groups do not fit {len(w)} maps of {w.shape[1]} channels each"
        )
    if w.shape[2:] != window.kernel or x.ndim != w.ndim:
        raise ShapeError(f"an input of shape {x.shape} does not fit a kernel of shape {w.shape}")
