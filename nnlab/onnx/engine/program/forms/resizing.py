"""Resize by constant scales or sizes, where each axis is a weighted sum of a few places: nearest, linear, cubic.

    y[o] = sum over t of weights[o, t] x[places[o, t]]

Enlarged twofold, every other place of y has the same weights, and its places in x follow one another: so x is
multiplied once by each weight that there is, and y is sums of long slices of that. Where weights have no such order,
places are taken one by one (kernels/resample.py).
"""

from functools import partial
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.bands import BAND_BYTES
from nnlab.kernels.pieces import cuts
from nnlab.kernels.resample import resample
from nnlab.onnx.engine.program.layout import IMAGES, channels_last, channels_second, has_channels_last
from nnlab.onnx.engine.program.site import Bound, Call, Site
from nnlab.onnx.engine.program.table import form_of
from nnlab.onnx.engine.program.work import ELEMENTS, on_lanes, one_by_one
from nnlab.onnx.ops.resize import Resampling, Resize

STEPS = (1, 2, 3, 4, 8)
"""Every how many places weights are looked for to be the same."""

MOST = 6
"""Slices for every place of a step, up to which they pay; and weights that differ."""


class _Run(NamedTuple):
    """Places of y that follow one another in steps, and what they are sums of.

    Options:  out: of y.  sums: for each tap its weight and the places of x.
    """

    out: slice
    sums: tuple[tuple[Any, slice], ...]


@form_of(Resize)
def resize(site: Site) -> Bound | None:
    """y: x resampled along one axis after the other, the channels last where x has them so"""
    x, operator = site.inputs[0], site.operator
    assert isinstance(operator, Resize)
    if x is None or x.dtype not in (np.float32, np.float64) or not all(site.known[1:]) or 0 in x.shape:
        return None
    plan = operator.plan(x.shape, *(*site.inputs[1:], None, None, None)[:3])
    if any(step.outside is not None or not len(step.places) for step in plan):
        return None
    calls: list[Call] = []
    last = x.ndim == IMAGES and has_channels_last(x)
    y, axes = (channels_last(x), (0, 3, 1, 2)) if last else (x, tuple(range(x.ndim)))
    if not y.flags.c_contiguous:
        y, before = site.array(y.shape, x.dtype), y
        calls.append(partial(np.copyto, y, before))
    for step in plan:
        y, call = _along(site, y, axes[step.axis], step)
        calls.append(call)
    return Bound((channels_second(y) if last else y,), one_by_one(calls) if calls else None)


def _along(site: Site, x: Array, axis: int, step: Resampling) -> tuple[Array, Call]:
    """One axis resampled, some rows or some of what lies behind the axis at a time."""
    shape = (*x.shape[:axis], len(step.places), *x.shape[axis + 1 :])
    y = site.array(shape, x.dtype)
    runs = _runs(step.places, step.weights.astype(x.dtype))
    if runs is None:
        return y, lambda: np.copyto(y, resample(x, axis, step.places, step.weights))
    lead, tail = prod(shape[:axis]), prod(shape[axis + 1 :])
    source, target = x.reshape(lead, -1, tail), y.reshape(lead, -1, tail)
    weights = sorted({float(weight) for run in runs for weight, _ in run.sums} - {1.0})
    fits = max(1, BAND_BYTES // (x.itemsize * (len(weights) + 2) * max(source.shape[1], target.shape[1])))
    worth = y.size >= 4 * ELEMENTS
    behind = cuts(tail, -(-tail // fits))
    rows = cuts(lead, max(-(-lead * behind[0].stop // fits), 4 if worth and len(behind) < 4 else 1))
    pieces = [(row, part) for row in rows for part in behind]
    most = max((row.stop - row.start) * (part.stop - part.start) for row, part in pieces) * source.shape[1]

    def lay_out(place: int, memory: Array) -> Call:
        row, part = pieces[place]
        met = source[row, :, part]
        scaled = {1.0: met}
        calls: list[Call] = []
        for number, weight in enumerate(weights):
            scaled[weight] = memory[number, : met.size].reshape(met.shape)
            calls.append(partial(np.multiply, met, np.asarray(weight, x.dtype), out=scaled[weight]))
        return one_by_one(calls + [call for run in runs for call in _summed(run, scaled, target[row, :, part])])

    return y, on_lanes(len(pieces), lambda: site.array((len(weights), most), x.dtype), lay_out, worth=worth)


def _summed(run: _Run, scaled: dict[float, Array], y: Array) -> list[Call]:
    own = y[:, run.out]
    if not run.sums:
        return [partial(own.fill, 0)]
    first, *others = [scaled[float(weight)][:, places] for weight, places in run.sums]
    if not others:
        return [partial(np.copyto, own, first)]
    pairs = [(first, others[0]), *((own, other) for other in others[1:])]
    return [partial(np.add, *pair, out=own) for pair in pairs]


def _runs(places: Array, weights: Array) -> list[_Run] | None:
    """The runs that the places of y make up, in as few as there are; None where they are too many to pay."""
    tried = [_starts(places, weights, step) for step in STEPS if step <= len(places)]
    step, ends = min(tried, key=lambda one: len(one[1]))
    if len(ends) > 2 * MOST:
        return None
    found = [_run(places, weights, slice(start, stop, step)) for start, stop in ends]
    different = {float(weight) for run in found for weight, _ in run.sums} - {1.0}
    return found if len(different) <= MOST else None


def _starts(places: Array, weights: Array, step: int) -> tuple[int, list[tuple[int, int]]]:
    """The step, and where runs of every so many places of y begin and end."""
    found: list[tuple[int, int]] = []
    for first in range(step):
        own, shares = places[first::step], weights[first::step]
        moves = own[1:, 0] - own[:-1, 0]
        goes_on = (shares[1:] == shares[:-1]).all(axis=1) & (own[1:] - own[:-1] == moves[:, None]).all(axis=1)
        goes_on &= moves > 0
        turns = np.zeros_like(goes_on)
        turns[1:] = goes_on[:-1] & (moves[1:] != moves[:-1])
        begins = [0, *(np.flatnonzero(~goes_on | turns) + 1).tolist(), len(own)]
        found += [(first + a * step, first + (b - 1) * step + 1) for a, b in pairwise(begins)]
    return step, found


def _run(places: Array, weights: Array, out: slice) -> _Run:
    count, start = len(range(out.start, out.stop, out.step)), out.start
    move = int(places[start + out.step, 0] - places[start, 0]) if count > 1 else 1
    taps = [(weight, int(place)) for weight, place in zip(weights[start], places[start], strict=True) if weight != 0]
    return _Run(out, tuple((weight, slice(place, place + (count - 1) * move + 1, move)) for weight, place in taps))
