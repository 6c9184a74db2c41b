"""Faults planted in activations and in layers that only move values about."""

from typing import Any

import numpy as np
import pytest

from nnlab.checks.layer_checks import layer_findings
from nnlab.core.context import Context
from nnlab.kernels.softmax import softmax
from nnlab.layers.add import Add
from nnlab.layers.base import Layer
from nnlab.layers.concat import Concat
from nnlab.layers.flatten import Flatten
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.relu import ReLU
from nnlab.layers.sigmoid import Sigmoid
from nnlab.layers.softmax import Softmax
from nnlab.layers.tanh import Tanh


class SoftmaxDiagonal(Softmax):
    def backward(self, dy, cache, ctx):
        return (dy * cache * (1 - cache),)


class SoftmaxOverBatch(Softmax):
    """The wrong axis forward and backward: its gradient is right, and its samples depend on each other."""

    def forward(self, *xs, ctx):
        y = softmax(np.ascontiguousarray(xs[0].T)).T
        return y, y

    def backward(self, dy, cache, ctx):
        return (cache * (dy - (dy * cache).sum(axis=0)),)

    @classmethod
    def examples(cls):
        return (({}, ((5,),)),)


class LeakyAsReLU(LeakyReLU):
    def backward(self, dy, cache, ctx):
        return (dy * (cache > 0),)


class ReLUPassesAll(ReLU):
    def backward(self, dy, cache, ctx):
        return (dy,)


class SigmoidOfInput(Sigmoid):
    """y (1 - y) with x in the place of y."""

    def forward(self, *xs, ctx):
        y, _ = super().forward(*xs, ctx=ctx)
        return y, xs[0]

    def backward(self, dy, cache, ctx):
        return (dy * cache * (1 - cache),)


class TanhNotSquared(Tanh):
    def forward(self, *xs, ctx):
        y = np.tanh(xs[0])
        return y, y

    def backward(self, dy, cache, ctx):
        return (dy * (1 - cache),)


class AddToOne(Add):
    def backward(self, dy, cache, ctx):
        return (dy, *(np.zeros_like(dy) for _ in range(cache - 1)))


class ConcatSwapped(Concat):
    def backward(self, dy, cache, ctx):
        first, second = super().backward(dy, cache, ctx)
        return second, first

    @classmethod
    def examples(cls):
        return (({}, ((4,), (4,))),)


class FlattenOtherOrder(Flatten):
    def backward(self, dy, cache, ctx):
        (dx,) = super().backward(dy, cache, ctx)
        return (None if dx is None else dy.reshape(dx.shape, order="F"),)

    @classmethod
    def examples(cls):
        return (({}, ((3, 4),)),)


class ReLUSpoilsGradient(ReLU):
    """Multiplies dy in place: whoever shares it gets another."""

    def backward(self, dy, cache, ctx):
        (dx,) = super().backward(dy, cache, ctx)
        dy *= 0.5
        return (dx,)


class ReLUTrustsMemory(ReLU):
    """Writes only what is positive into borrowed memory and takes the rest for zero."""

    def forward(self, *xs, ctx):
        y = ctx.empty(xs[0].shape, xs[0].dtype)
        if ctx.workspace is None:
            y.fill(0)
        np.copyto(y, xs[0], where=xs[0] > 0)
        return y, super().forward(*xs, ctx=Context())[1]


class TanhInDoubles(Tanh):
    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        return y.astype(np.float64), cache


FAULTS: list[tuple[type[Layer], str]] = [
    (SoftmaxDiagonal, "x1"),
    (SoftmaxOverBatch, "samples scored alone against together"),
    (LeakyAsReLU, "x1"),
    (ReLUPassesAll, "x1"),
    (SigmoidOfInput, "x1"),
    (TanhNotSquared, "x1"),
    (AddToOne, "x2"),
    (ConcatSwapped, "x"),
    (FlattenOtherOrder, "x1"),
    (ReLUSpoilsGradient, "writes into its inputs"),
    (ReLUTrustsMemory, "borrowed memory"),
    (TanhInDoubles, "float64 output"),
]


@pytest.mark.parametrize(("cls", "says"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_a_layer(fails: Any, cls: type[Layer], says: str) -> None:
    fails(cls.__name__, layer_findings(cls), says)
