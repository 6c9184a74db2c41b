"""Mistakes that people make in hand-written networks, planted one by one: a check that ships has to find each.

Here those in layers with weights, statistics or chance; the other test_planted_* hold the rest. Every fault says a part
of what the check has to say. That the clean parts raise no alarm is held in test_no_false_alarms.py.
"""

from typing import Any

import numpy as np
import pytest

from nnlab.checks.layer_checks import layer_findings
from nnlab.core.context import Context
from nnlab.kernels.product import add_product
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout


class DenseSwappedAxes(Dense):
    """dx = dy W, which fits when W is square."""

    def backward(self, dy, cache, ctx):
        super().backward(dy, cache, ctx)
        return (dy @ self.weight.value if ctx.needs_dx else None,)

    @classmethod
    def examples(cls):
        return (({"units": 3}, ((3,),)),)


class DenseBiasMean(Dense):
    def backward(self, dy, cache, ctx):
        add_product(self.weight, cache.T, dy)
        if self.shift is not None:
            self.shift.add(dy.mean(axis=0))
        return (dy @ self.weight.value.T if ctx.needs_dx else None,)


class DenseOverwrites(Dense):
    def backward(self, dy, cache, ctx):
        self.weight.zero_grad()
        return super().backward(dy, cache, ctx)


class DenseWrongSign(Dense):
    def backward(self, dy, cache, ctx):
        self.weight.add(-2 * cache.T @ dy)
        return super().backward(dy, cache, ctx)


class DenseBiasForgotten(Dense):
    def backward(self, dy, cache, ctx):
        add_product(self.weight, cache.T, dy)
        return (dy @ self.weight.value.T if ctx.needs_dx else None,)


class DenseLastColumn(Dense):
    """The last unit never learns: one coordinate in hundreds, which only the direction is sure to see."""

    def backward(self, dy, cache, ctx):
        gradient = cache.T @ dy
        gradient[:, -1] = 0
        self.weight.add(gradient)
        return (dy @ self.weight.value.T if ctx.needs_dx else None,)

    @classmethod
    def examples(cls):
        return (({"units": 40, "bias": False}, ((20,),)),)


class DenseStaleInput(Dense):
    """Keeps its input on itself, so another pass in between spoils it."""

    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        self.kept = cache
        return y, cache

    def backward(self, dy, cache, ctx):
        return super().backward(dy, self.kept, ctx)


class BatchNormNoMean(BatchNorm):
    def backward(self, dy, cache, ctx):
        (dx,) = super().backward(dy, cache, ctx)
        if dx is None or not cache.training:
            return (dx,)
        count = dy.size // dy.shape[-1]
        return (dx + self.gamma.value * cache.inverse * dy.reshape(-1, dy.shape[-1]).sum(0) / count,)


class BatchNormAsIfConstant(BatchNorm):
    """In training too, backward takes mean and variance for constants."""

    def backward(self, dy, cache, ctx):
        return super().backward(dy, cache._replace(training=False), ctx)


class BatchNormRunningStatistics(BatchNorm):
    def backward(self, dy, cache, ctx):
        inverse = 1 / np.sqrt(self.running_variance.value + self.epsilon)
        return super().backward(dy, cache._replace(inverse=inverse), ctx)


class BatchNormWrongCount(BatchNorm):
    def backward(self, dy, cache, ctx):
        return super().backward(dy, cache._replace(values=cache.values - 1), ctx)


class BatchNormForgetsEpsilon(BatchNorm):
    """Backward divides by the bare root of the variance: wrong in the sixth digit."""

    def backward(self, dy, cache, ctx):
        return super().backward(dy, cache._replace(inverse=1 / np.sqrt(cache.variance)), ctx)


class BatchNormObservesInForward(BatchNorm):
    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        self.observe(cache)
        return y, cache


class BatchNormScoresBatches(BatchNorm):
    """Has no running statistics in evaluation: a score depends on how samples are batched."""

    def forward(self, *xs, ctx):
        centred = xs[0] - xs[0].reshape(-1, xs[0].shape[-1]).mean(0)
        y, cache = super().forward(*xs, ctx=ctx)
        return (y if ctx.training else centred * self.gamma.value), cache


class DropoutUnscaled(Dropout):
    def backward(self, dy, cache, ctx):
        return (dy if cache is None else dy * (cache > 0),)


class DropoutFreshMask(Dropout):
    def backward(self, dy, cache, ctx):
        if cache is None:
            return (dy,)
        return (dy * (np.random.default_rng(9).random(dy.shape) >= self.rate) / (1 - self.rate),)


class DropoutStaleMask(Dropout):
    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        self.mask = cache
        return y, cache

    def backward(self, dy, cache, ctx):
        return super().backward(dy, self.mask, ctx)


class DropoutWhenScoring(Dropout):
    def forward(self, *xs, ctx):
        return super().forward(*xs, ctx=Context(training=True, rng=ctx.rng, node=ctx.node))


FAULTS: list[tuple[type[Layer], str]] = [
    (DenseSwappedAxes, "x1"),
    (DenseBiasMean, "layer.bias"),
    (DenseOverwrites, "add to layer.weight.grad"),
    (DenseWrongSign, "layer.weight"),
    (DenseBiasForgotten, "layer.bias"),
    (DenseLastColumn, "layer.weight"),
    (DenseStaleInput, "layer.weight"),
    (BatchNormNoMean, "training on (5,): x1"),
    (BatchNormAsIfConstant, "x1"),
    (BatchNormRunningStatistics, "training"),
    (BatchNormWrongCount, "x1"),
    (BatchNormForgetsEpsilon, "training"),
    (BatchNormObservesInForward, "running_mean"),
    (BatchNormScoresBatches, "evaluation"),
    (DropoutUnscaled, "x1"),
    (DropoutFreshMask, "x1"),
    (DropoutStaleMask, "training"),
    (DropoutWhenScoring, "evaluation"),
]


@pytest.mark.parametrize(("cls", "says"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_a_layer(fails: Any, cls: type[Layer], says: str) -> None:
    fails(cls.__name__, layer_findings(cls), says)
