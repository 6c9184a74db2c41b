"""Batch normalisation."""

import math
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import Buffer, NewParameter, Parameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.images.moments import mixed, moments, scaled, summed
from nnlab.kernels.sums import column_dots, column_sums
from nnlab.layers.base import LAYERS, Layer


class Moments(NamedTuple):
    """What backward and `observe` need of a forward pass.

    Options:  seen: x - mean of rows; x itself of images, which somebody else keeps too.
              mean, variance: those it was normalised by.  inverse: 1 / sqrt(variance + epsilon).
              values: n, how many values each feature has.
    Shapes:  seen: like x; mean, variance, inverse: (features,)
    """

    seen: Array
    mean: Array
    variance: Array
    inverse: Array
    values: int
    training: bool

    @property
    def centred(self) -> Array:
        """x - mean"""
        centred: Array = self.seen if self.seen.ndim == 2 else self.seen - self.mean
        return centred


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class BatchNorm(Layer):
    """Each feature with mean 0 and variance 1 over the batch, then scaled and shifted by what is learnt.

    xhat = (x - mean) / sqrt(variance + epsilon);  y = gamma xhat + beta
    running_mean     = momentum running_mean     + (1 - momentum) mean
    running_variance = momentum running_variance + (1 - momentum) variance n / (n - 1)

    In training, mean and (biased) variance are the batch's; in evaluation they are the running ones, so a score does
    not depend on how samples are batched. n counts the values of one feature: the batch, times the pixels of an image.

    Shapes:  x, y: (batch, ..., features); gamma, beta, running_mean, running_variance: (features,)
    Gradient:  dbeta = sum dy;  dgamma = sum dy xhat
               dx = gamma / sqrt(variance + epsilon) (dy - dbeta / n - xhat dgamma / n)      in training
               dx = gamma / sqrt(running_variance + epsilon) dy                              in evaluation
    Options:  momentum: share of the running statistics kept each step (ONNX's sense; torch's is 1 - momentum).
              epsilon: keeps a constant feature from dividing by zero.
    Raises:  ShapeError: in training, if n is 1: a single value has no variance.
    Source:  Ioffe and Szegedy, "Batch normalization", 2015, algorithms 1 and 2.
    """

    joins: ClassVar[Literal["weights"]] = "weights"

    momentum: float = option(0.9, "share of the running statistics that is kept each step", low=0, high=1)
    epsilon: float = option(1e-5, "added to the variance before its root", above=0)
    gamma: Parameter = field(init=False, repr=False)
    beta: Parameter = field(init=False, repr=False)
    running_mean: Buffer = field(init=False, repr=False)
    running_variance: Buffer = field(init=False, repr=False)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes gamma and beta (features,) and the running statistics."""
        if len(in_shapes) != 1 or not in_shapes[0]:
            raise ShapeError(f"BatchNorm takes one input with a features axis, got {in_shapes}")
        features = in_shapes[0][-1:]
        self.gamma = new("gamma", features, "One", penalised=False)
        self.beta = new("beta", features, "Zero", penalised=False)
        self.running_mean = new.buffer("running_mean", features, 0.0)
        self.running_variance = new.buffer("running_variance", features, 1.0)
        return in_shapes[0]

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Moments]:
        """y, and the moments for backward and `observe`."""
        (x,) = xs
        count = x.size // x.shape[-1]
        require_variance(count, ctx)
        if x.ndim > 2:
            return self._forward_images(x, count, ctx)
        centred = ctx.empty(x.shape, x.dtype)
        if ctx.training:
            mean = column_sums(x) / count
            np.subtract(x, mean, out=centred)
            variance = column_dots(centred, centred) / count
        else:
            mean, variance = self.running_mean.value, self.running_variance.value
            np.subtract(x, mean, out=centred)
        inverse = 1 / np.sqrt(variance + self.epsilon)
        y = np.multiply(centred, self.gamma.value * inverse, out=ctx.empty(x.shape, x.dtype))
        y += self.beta.value
        return y, Moments(centred, mean, variance, inverse, count, ctx.training)

    def _forward_images(self, x: Array, count: int, ctx: Context) -> tuple[Array, Moments]:
        """The same in two passes over memory: y = (gamma inverse) x + (beta - gamma inverse mean)."""
        if ctx.training:
            mean, variance = moments(x, ctx.empty)
        else:
            mean, variance = self.running_mean.value, self.running_variance.value
        inverse = 1 / np.sqrt(variance + self.epsilon)
        scale = self.gamma.value * inverse
        y = scaled(x, scale, self.beta.value - scale * mean, out=ctx.empty(x.shape, x.dtype))
        return y, Moments(x, mean, variance, inverse, count, ctx.training)

    def backward(self, dy: Array, cache: Moments, ctx: Context) -> tuple[Array | None, ...]:
        """Adds dgamma and dbeta; dx."""
        if dy.ndim > 2:
            return (self._backward_images(dy, cache, ctx),)
        dbeta = column_sums(dy)
        dgamma = column_dots(dy, cache.seen) * cache.inverse
        self.beta.add(dbeta)
        self.gamma.add(dgamma)
        if not ctx.needs_dx:
            return (None,)
        dx = ctx.empty(dy.shape, dy.dtype)
        if cache.training:
            np.multiply(cache.seen, cache.inverse * dgamma / cache.values, out=dx)  # xhat dgamma / n
            np.subtract(dy, dx, out=dx)
            dx -= dbeta / cache.values
            dx *= self.gamma.value * cache.inverse
        else:
            np.multiply(dy, self.gamma.value * cache.inverse, out=dx)
        return (dx,)

    def _backward_images(self, dy: Array, cache: Moments, ctx: Context) -> Array | None:
        """The same in two passes: xhat dgamma / n = -(slope x + shift) is not laid out."""
        dbeta, dots = summed(dy, cache.seen, cache.mean, ctx.empty)
        dgamma = dots * cache.inverse
        self.beta.add(dbeta)
        self.gamma.add(dgamma)
        if not ctx.needs_dx:
            return None
        dx, scale = ctx.empty(dy.shape, dy.dtype), self.gamma.value * cache.inverse
        if not cache.training:
            return scaled(dy, scale, np.zeros_like(scale), out=dx)
        slope = -cache.inverse * dgamma / cache.values
        return mixed(dy, cache.seen, slope, -(dbeta / cache.values) - slope * cache.mean, scale, out=dx)

    def observe(self, cache: Moments) -> None:
        """Moves the running statistics towards the batch's; nothing after a pass in evaluation mode."""
        if not cache.training:
            return
        unbiased = cache.variance * (cache.values / (cache.values - 1))
        for buffer, seen in ((self.running_mean, cache.mean), (self.running_variance, unbiased)):
            buffer.value *= self.momentum
            buffer.value += (1 - self.momentum) * seen

    def least_batch(self, *in_shapes: Shape) -> int:
        """Two, where a sample has one value of each feature, which alone would have no variance; else one."""
        return 2 if math.prod(in_shapes[0][:-1]) == 1 else 1


def require_variance(values: int, ctx: Context) -> None:
    """Raises ShapeError: when a feature has a single value to train on."""
    if ctx.training and values == 1:
        raise ShapeError(
            "a batch of one sample has no variance to train on",
            where=ctx.node or "BatchNorm",
            hint="use a larger --max-minibatch-size or --no-batch-norm",
        )
