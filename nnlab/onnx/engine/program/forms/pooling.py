"""Pooling of images with the channels last: folded along the height, then along the width."""

from functools import partial
from math import prod
from typing import NamedTuple

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.bands import BAND_BYTES
from nnlab.kernels.pieces import cuts
from nnlab.kernels.pooling import counts, room
from nnlab.kernels.window import Window
from nnlab.onnx.engine.program.layout import IMAGES, channels_last
from nnlab.onnx.engine.program.site import Bound, Call, Site
from nnlab.onnx.engine.program.slab import met_rows, padded
from nnlab.onnx.engine.program.table import form_of
from nnlab.onnx.engine.program.work import ELEMENTS, on_lanes, one_by_one
from nnlab.onnx.ops.average_pool import AveragePool
from nnlab.onnx.ops.global_average_pool import GlobalAveragePool
from nnlab.onnx.ops.global_max_pool import GlobalMaxPool
from nnlab.onnx.ops.max_pool import MaxPool
from nnlab.onnx.ops.windowed import Pooling


@form_of(MaxPool)
def max_pool(site: Site) -> Bound | None:
    """y[o] = max over k of x[o strides + k dilations - pads]"""
    return _pooled(site, np.maximum, -np.inf)


@form_of(AveragePool)
def average_pool(site: Site) -> Bound | None:
    """y[o] = mean over k of x[o strides + k dilations - pads]"""
    return _pooled(site, np.add, 0)


@form_of(GlobalAveragePool)
def global_average_pool(site: Site) -> Bound | None:
    """y = mean of x over all places"""
    x = site.inputs[0]
    if x is None or not site.is_float or x.ndim != IMAGES or not prod(x.shape[2:]):
        return None
    y = site.images((*x.shape[:2], 1, 1), x.dtype)
    places = channels_last(x).transpose(1, 2, 0, 3)
    count = np.asarray(prod(x.shape[2:]), x.dtype)
    total = channels_last(y)[:, 0, 0]
    sums: Call = partial(np.add.reduce, places, axis=(0, 1), out=total)
    return Bound((y,), one_by_one([sums, lambda: np.divide(total, count, out=total)]))


@form_of(GlobalMaxPool)
def global_max_pool(site: Site) -> Bound | None:
    """y = the largest of x over all places"""
    x = site.inputs[0]
    if x is None or not site.is_float or x.ndim != IMAGES or not prod(x.shape[2:]):
        return None
    y = site.images((*x.shape[:2], 1, 1), x.dtype)
    places = channels_last(x).transpose(1, 2, 0, 3)
    return Bound((y,), partial(np.maximum.reduce, places, axis=(0, 1), out=channels_last(y)[:, 0, 0]))


def _pooled(site: Site, fold: np.ufunc, neutral: float) -> Bound | None:
    x, operator = site.inputs[0], site.operator
    assert isinstance(operator, Pooling) and x is not None
    if not site.is_float or x.ndim != IMAGES or operator.outputs > 1 or 0 in x.shape:
        return None
    window = operator.window(x.shape[2:])
    out_size = operator.out_size(x.shape[2:], window)
    if 0 in out_size or min(map(min, window.pads)) < 0:
        return None
    y = site.images((*x.shape[:2], *out_size), x.dtype)
    count = None
    if isinstance(operator, AveragePool):
        met = counts(x.shape[2:], window, out_size, count_padding=bool(operator.count_include_pad))
        count = met.astype(x.dtype)[..., None]
    pads = room(x.shape[2:], window, out_size)
    window = Window(window.kernel, window.strides, window.dilations, pads)
    return Bound((y,), _banded(site, channels_last(x), channels_last(y), window, _Folding(fold, neutral, count)))


class _Folding(NamedTuple):
    """How what a window meets becomes one number.

    Options:  neutral: what padding counts as.  counts: how many a mean is of at each place.
    """

    function: np.ufunc
    neutral: float
    counts: Array | None


def _banded(site: Site, x: Array, y: Array, window: Window, folding: _Folding) -> Call:
    """Some rows of the output at a time, padded and folded in the cache."""
    height, wide = y.shape[1], x.shape[2] + sum(window.pads[1])
    worth = y.size * sum(window.kernel) >= 8 * ELEMENTS
    per_sample = -(-height * wide * window.strides[0] * x.shape[3] * x.itemsize // BAND_BYTES)
    if worth:
        per_sample = max(per_sample, -(-4 // len(x)))
    bands = [(n, cut) for n in range(len(x)) for cut in cuts(height, min(height, per_sample))]
    most = max(cut.stop - cut.start for _, cut in bands)
    is_padded = any(map(any, window.pads))

    def lane() -> tuple[Array | None, Array]:
        slab = site.array((met_rows(window, most), wide, x.shape[3]), x.dtype) if is_padded else None
        return slab, site.array((most, wide, x.shape[3]), x.dtype)

    def lay_out(place: int, memory: tuple[Array | None, Array]) -> Call:
        sample, cut = bands[place]
        rows, first = cut.stop - cut.start, cut.start * window.strides[0] - window.pads[0][0]
        calls: list[Call] = []
        if memory[0] is None:
            met = x[sample, first : first + met_rows(window, rows)]
        else:
            met = memory[0][: met_rows(window, rows)]
            calls = padded(x[sample], first, window.pads[1][0], met, folding.neutral)
        own = y[sample, cut]
        calls += _folded(met, memory[1][:rows], own, window, folding.function)
        if folding.counts is not None:
            calls.append(partial(_divided, own, folding.counts[cut]))
        return one_by_one(calls)

    return on_lanes(len(bands), lane, lay_out, worth=worth)


def _folded(met: Array, between: Array, y: Array, window: Window, fold: np.ufunc) -> list[Call]:
    """The calls that fold what the windows meet along the height, then along the width.

    Shapes:  met: (rows that are met, wide, channels); between: (rows, wide, channels); y: (rows, width, channels)
    """
    calls: list[Call] = []
    for axis, target in enumerate((between, y)):
        stride, dilation, count = window.strides[axis], window.dilations[axis], target.shape[axis]
        before = (slice(None),) * axis
        taps = [
            met[(*before, slice(k * dilation, k * dilation + stride * (count - 1) + 1, stride))]
            for k in range(window.kernel[axis])
        ]
        if len(taps) > 1:
            pairs = [(taps[0], taps[1]), *((target, tap) for tap in taps[2:])]
            calls += [partial(fold, *pair, out=target) for pair in pairs]
        elif axis == 1:
            calls.append(partial(np.copyto, target, taps[0]))
        met = target if len(taps) > 1 else taps[0]
    return calls


def _divided(y: Array, count: Array) -> None:
    np.divide(y, count, out=y)
