"""Functions of one and two inputs, element by element, in the order of memory, in place where nobody else reads."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.pieces import cuts
from nnlab.onnx.engine.program.layout import IMAGES, channels_last, flat, has_channels_last, same_order
from nnlab.onnx.engine.program.rows import by_rows, repeated
from nnlab.onnx.engine.program.site import Bound, Call, Site
from nnlab.onnx.engine.program.table import form_of
from nnlab.onnx.engine.program.work import ELEMENTS, one_by_one, spread
from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.batch_normalization import BatchNormalization
from nnlab.onnx.ops.clip import Clip, FixedClip
from nnlab.onnx.ops.div import Div
from nnlab.onnx.ops.mul import Mul
from nnlab.onnx.ops.relu import Relu
from nnlab.onnx.ops.sub import Sub
from nnlab.onnx.ops.sum import Sum
from nnlab.onnx.ops.unary import Unary

FUNCTIONS: dict[type, np.ufunc] = {Add: np.add, Sum: np.add, Sub: np.subtract, Mul: np.multiply, Div: np.divide}


@form_of(Add, Sub, Mul, Div, Sum)
def binary(site: Site) -> Bound | None:
    """y = f(a, b)"""
    if len(site.inputs) != 2 or not site.is_float:
        return None
    a, b = site.inputs
    assert a is not None and b is not None
    function = FUNCTIONS[type(site.operator)]
    shape = np.broadcast_shapes(a.shape, b.shape)
    like = a if a.shape == shape else b
    place = next((p for p, x in enumerate((a, b)) if site.spare[p] and x.shape == shape and flat(x) is not None), None)
    y = _new(site, shape, like) if place is None else site.inputs[place]
    assert y is not None
    if same_order(a, y) and same_order(b, y):
        flats = [flat(x) for x in (a, b, y)]
        return Bound((y,), _in_runs(function, flats))
    if function in {np.add, np.multiply} and a.size < b.size:
        a, b = b, a
    if same_order(a, y) and is_row(b, a):
        return Bound((y,), channel_by_channel(site, [(function, b[..., 0, 0].reshape(-1))], a, y))
    return Bound((y,), lambda: function(a, b, out=y))


@form_of(BatchNormalization)
def batch_normalization(site: Site) -> Bound | None:
    """y = scale (x - mean) / sqrt(variance + epsilon) + shift, of images with the channels last"""
    operator, (x, scale, shift, mean, variance) = site.operator, site.inputs
    assert isinstance(operator, BatchNormalization) and x is not None
    if operator.trains or not operator.spatial or not all(site.known[1:]) or not site.is_float or operator.outputs > 1:
        return None
    if scale is None or shift is None or mean is None or variance is None:
        return None
    if not has_channels_last(x) or flat(x) is None:
        return None
    factor = (scale / np.sqrt(variance + operator.epsilon)).astype(x.dtype)
    offset = (shift - mean * factor).astype(x.dtype)
    y = x if site.spare[0] else _new(site, x.shape, x)
    return Bound((y,), channel_by_channel(site, [(np.multiply, factor), (np.add, offset)], x, y))


def is_row(b: Array, x: Array) -> bool:
    """Whether b has one number for each channel of images x, which have their channels last."""
    one_each = b.shape in {(x.shape[1], 1, 1), (1, x.shape[1], 1, 1)} if x.ndim == IMAGES else False
    return one_each and has_channels_last(x)


def channel_by_channel(site: Site, steps: Sequence[tuple[np.ufunc, Array]], x: Array, y: Array) -> Call:
    """The call that applies each function in turn with its number for each channel, some places at a time.

    Shapes:  x, y: images with the channels last; numbers: (channels,), which may be written anew before each call
    """
    source, target = (channels_last(image).reshape(-1, x.shape[1]) for image in (x, y))
    lines = [repeated(row) for _, row in steps]
    renewed: list[Call] = [
        partial(np.copyto, line.reshape(-1, len(row)), row)
        for line, (_, row) in zip(lines, steps, strict=True)
        if site.memory.owns(row)
    ]
    pieces = []
    for cut in cuts(len(source), -(-x.size // ELEMENTS)):
        met, own = source[cut], target[cut]
        calls: list[Call] = []
        for (function, _), line in zip(steps, lines, strict=True):
            calls += by_rows(function, met, line, own)
            met = own
        pieces.append(one_by_one(calls))
    return one_by_one([*renewed, spread(pieces, worth=len(pieces) >= 4)])


@form_of(Relu)
def relu(site: Site) -> Bound | None:
    """y = max(x, 0)"""
    (x,) = site.inputs
    return None if x is None else _bounded(site, np.zeros((), x.dtype), None)


@form_of(Clip)
def clip(site: Site) -> Bound | None:
    """y = min(max(x, low), high)"""
    if not site.is_float or not all(site.known[1:]):
        return None
    return _bounded(site, *(*site.inputs[1:], None, None)[:2])


@form_of(FixedClip)
def fixed_clip(site: Site) -> Bound | None:
    """The same of attributes."""
    assert isinstance(site.operator, FixedClip) and site.inputs[0] is not None
    bounds = (site.operator.min, site.operator.max)
    if not site.is_float:
        return None
    return _bounded(site, *(None if n is None else np.asarray(n, site.inputs[0].dtype) for n in bounds))


def _bounded(site: Site, low: Any, high: Any) -> Bound | None:
    x, y = _same(site)
    if y is None:
        return None

    def part(one: Array, own: Array) -> Call:
        def run() -> None:
            if low is not None:
                np.maximum(one, low, out=own)
            if high is not None:
                np.minimum(one if low is None else own, high, out=own)
            if low is None and high is None and one is not own:
                np.copyto(own, one)

        return run

    return Bound((y,), _parts(x, y, part))


@form_of(Unary)
def unary(site: Site) -> Bound | None:
    """y = f(x)"""
    operator = site.operator
    assert isinstance(operator, Unary)
    x, y = _same(site)
    if y is None or np.asarray(operator.f(x.reshape(-1)[:1])).dtype != x.dtype:
        return None
    return Bound((y,), _parts(x, y, lambda one, own: lambda: np.copyto(own, operator.f(one))))


def _same(site: Site) -> tuple[Any, Array | None]:
    """x in a row of numbers, and where y of its shape and order stands: in its place, if nobody else reads it."""
    x = site.inputs[0]
    if x is None or not site.is_float or flat(x) is None or not x.size:
        return x, None
    return x, x if site.spare[0] else _new(site, x.shape, x)


def _new(site: Site, shape: Any, like: Array) -> Array:
    if len(shape) == like.ndim and has_channels_last(like):
        return site.images(shape, like.dtype)
    return site.array(shape, like.dtype)


def _parts(x: Array, y: Array, part: Any) -> Call:
    one, own = flat(x), flat(y)
    assert one is not None and own is not None
    starts = range(0, len(one), ELEMENTS)
    calls = [part(one[start : start + ELEMENTS], own[start : start + ELEMENTS]) for start in starts]
    return spread(calls, worth=len(calls) >= 4)


def _in_runs(function: np.ufunc, flats: list[Any]) -> Call:
    starts = range(0, len(flats[0]), ELEMENTS)
    calls: list[Call] = [_applied(function, *(x[start : start + ELEMENTS] for x in flats)) for start in starts]
    return spread(calls, worth=len(calls) >= 4)


def _applied(function: np.ufunc, a: Array, b: Array, y: Array) -> Call:
    return lambda: function(a, b, out=y)
