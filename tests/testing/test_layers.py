"""Layers with one mistake each: the public check has to name it."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from nnlab.core.component import option
from nnlab.layers.add import Add
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.relu import ReLU
from nnlab.layers.tanh import Tanh
from nnlab.testing import check_layer


@dataclass(kw_only=True, eq=False)
class WrongSign(Tanh):
    """Its dx points the other way."""

    def backward(self, dy, cache, ctx):
        return tuple(None if dx is None else -dx for dx in super().backward(dy, cache, ctx))


@dataclass(kw_only=True, eq=False)
class MeanBias(Dense):
    """Its db is a mean where it should be a sum."""

    def backward(self, dy, cache, ctx):
        before = self.shift.grad.copy() if self.shift else None
        found = super().backward(dy, cache, ctx)
        if self.shift:
            self.shift._grad[:] = before + (self.shift.grad - before) / len(dy)
        return found


@dataclass(kw_only=True, eq=False)
class Overwrites(Dense):
    """It starts its gradients anew in every backward."""

    def backward(self, dy, cache, ctx):
        self.weight.zero_grad()
        return super().backward(dy, cache, ctx)


@dataclass(kw_only=True, eq=False)
class IgnoresNeedsDx(ReLU):
    """It computes dx though nobody needs it."""

    def backward(self, dy, cache, ctx):
        return (dy * (cache > 0),)


@dataclass(kw_only=True, eq=False)
class Upcasts(Tanh):
    """It gives float64 for float32."""

    def forward(self, *xs, ctx):
        y = np.tanh(xs[0]) * np.float64(1)
        return y, y


@dataclass(kw_only=True, eq=False)
class StaleMask(Dropout):
    """It draws its mask from a generator of its own."""

    stream: object = field(init=False, repr=False, default_factory=lambda: np.random.default_rng(0))

    def forward(self, *xs, ctx):
        if not ctx.training:
            return xs[0], None
        mask = (self.stream.random(xs[0].shape) >= 0.5).astype(xs[0].dtype)
        return xs[0] * mask, mask


@dataclass(kw_only=True, eq=False)
class DrawsUnsaid(Dropout):
    """It keeps from the compiled pass that it draws."""

    def draws(self, *in_shapes):
        return None


@dataclass(kw_only=True, eq=False)
class DrawsMore(Dropout):
    """It draws a number for each value, and says that it draws one for each channel."""

    def draws(self, *in_shapes):
        return in_shapes[0][-1:]


@dataclass(kw_only=True, eq=False)
class Remembers(Tanh):
    """It keeps the last output on itself instead of in the cache."""

    seen: list = field(init=False, repr=False, default_factory=list)

    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        self.seen.append(float(y.flat[0]))
        return y, cache


@dataclass(kw_only=True, eq=False)
class WorksInPlace(ReLU):
    """It saves memory by writing into its input."""

    def forward(self, *xs, ctx):
        np.maximum(xs[0], 0, out=xs[0])
        return xs[0], xs[0]


@dataclass(kw_only=True, eq=False)
class WritesIntoDy(ReLU):
    """It saves memory by writing into dy."""

    def backward(self, dy, cache, ctx):
        dy *= cache > 0
        return (dy if ctx.needs_dx else None,)


@dataclass(kw_only=True, eq=False)
class SpoilsItsCache(Tanh):
    """Its backward writes into the cache, which is also its output."""

    def backward(self, dy, cache, ctx):
        if not ctx.needs_dx:
            return (None,)
        cache *= cache
        return ((1 - cache) * dy,)


@dataclass(kw_only=True, eq=False)
class ReadsUsedMemory(Add):
    """It adds into borrowed memory as if that were zero."""

    def forward(self, *xs, ctx):
        y = ctx.empty(xs[0].shape, xs[0].dtype)
        for x in xs:
            y += x
        return y, len(xs)


@dataclass(kw_only=True, eq=False)
class BatchStatisticsAlways(BatchNorm):
    """In evaluation too it normalises by the batch."""

    def forward(self, *xs, ctx):
        mean = xs[0].mean(axis=0)
        if not ctx.training:
            xs = (xs[0] - mean,)
        return super().forward(*xs, ctx=ctx)


@dataclass(kw_only=True, eq=False)
class MovesInEvaluation(BatchNorm):
    """Its running statistics move when it is only scored."""

    def observe(self, cache):
        self.running_mean.value *= 0.5
        super().observe(cache)


@dataclass(kw_only=True, eq=False)
class WrongShape(Layer):
    """It says one shape and gives another."""

    def build(self, *in_shapes, new):
        return (7,)

    def forward(self, *xs, ctx):
        return xs[0], None

    def backward(self, dy, cache, ctx):
        return (dy if ctx.needs_dx else None,)


@dataclass(kw_only=True, eq=False)
class ContiguousOnly(ReLU):
    """It reads the memory of dy as if it were in one piece."""

    def backward(self, dy, cache, ctx):
        if not ctx.needs_dx:
            return (None,)
        base = dy if dy.base is None or dy.base.dtype != dy.dtype else dy.base
        return (base.reshape(-1)[: dy.size].reshape(dy.shape) * (cache > 0),)


@dataclass(kw_only=True, eq=False)
class LosesItsOption(Tanh):
    """It changes what it was given."""

    steepness: float = option(1.0, "unused")

    def __post_init__(self):
        self.steepness = 1.0

    @classmethod
    def examples(cls):
        return (({"steepness": 2.0}, ((3,),)),)


@dataclass(kw_only=True, eq=False)
class PrintsItsInside(Dense):
    """Its repr shows a field that is no option."""

    made: int = field(init=False, default=0)


@dataclass(kw_only=True, eq=False)
class ChangesInBuild(Dense):
    """It decides in build what the user had decided."""

    def build(self, *in_shapes, new):
        self.bias = False
        return super().build(*in_shapes, new=new)


@dataclass(kw_only=True, eq=False)
class SmoothsSilently(Layer):
    """The mean of a place and the one before it, which `reach` does not say."""

    def forward(self, *xs, ctx):
        y = xs[0].copy()
        y[:, 1:] += xs[0][:, :-1]
        return y, None

    def backward(self, dy, cache, ctx):
        dx = dy.copy()
        dx[:, :-1] += dy[:, 1:]
        return (dx if ctx.needs_dx else None,)

    @classmethod
    def examples(cls):
        return (({}, ((5, 4, 2),)),)


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (WrongSign, "the code says"),
        (MeanBias, r"layer\.bias"),
        (Overwrites, r"layer\.weight"),
        (IgnoresNeedsDx, "needs_dx"),
        (Upcasts, "float64"),
        (StaleMask, "a pass changed stream|second pass"),
        (DrawsUnsaid, "`draws` says None"),
        (DrawsMore, r"`draws` says \(2,\)"),
        (Remembers, "a pass changed seen"),
        (WorksInPlace, "input 1 was written to"),
        (WritesIntoDy, "dy, array 1 was written to"),
        (SpoilsItsCache, "second backward|output after backward"),
        (ReadsUsedMemory, "borrowed memory|second pass|the code says"),
        (BatchStatisticsAlways, "alone against together|the code says"),
        (MovesInEvaluation, "after an evaluation"),
        (WrongShape, r"build promises samples of shape \(7,\)"),
        (ContiguousOnly, "strided"),
        (LosesItsOption, "was given 2.0 and keeps 1.0"),
        (PrintsItsInside, "hide inner fields"),
        (SmoothsSilently, "1 places of axis 0 are computed of 2, reach says 1"),
        (ChangesInBuild, "build changes .*bias=True.* to .*bias=False"),
    ],
)
def test_a_planted_fault_is_found_and_named(cls, message):
    with np.errstate(all="ignore"), pytest.raises(AssertionError, match=message):
        check_layer(cls)


def test_the_layers_that_were_spoilt_pass_unspoilt():
    for cls in (Tanh, Dense, ReLU, Dropout, Add, BatchNorm):
        check_layer(cls)
