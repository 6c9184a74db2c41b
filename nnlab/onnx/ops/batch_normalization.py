"""BatchNormalization."""

from dataclasses import dataclass
from math import prod

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.normalization import scaled_by_channel, standardised, standardised_dx
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.precision import like, wide


@OPERATORS.register("BatchNormalization", since=(6, 7, 9, 14, 15))
@dataclass(frozen=True, kw_only=True, eq=False)
class BatchNormalization(Operator):
    """y = scale (x - mean) / sqrt(variance + epsilon) + shift

    Running: mean and variance are inputs. Training: they are the batch's, per channel, and move the inputs,
    running = momentum running + (1 - momentum) batch, which are outputs as well.

    Shapes:  x, y: (batch, channels, *size); the others: (channels,)
    Gradient:  running: dx = dy scale / sqrt(variance + epsilon);  training: standardised_dx, and what the running
               outputs hand back.  dscale = sum of dy n;  dshift = sum of dy
    Options:  training_mode: since version 14; before, a node trains that asks for more than y.
              spatial: 0 (until version 8) has a mean and a variance per element instead of per channel.
    """

    fixed = (3, 4)
    weighted = True
    halves = "widened"

    epsilon: float = 1e-5
    momentum: float = 0.9
    training_mode: int = 0
    spatial: int = 1
    is_test: int = 0

    @property
    def computes_wide(self) -> bool:
        """Not where it gives statistics, which have a type of their own: there it rounds itself what it has to."""
        return self.outputs == 1

    @property
    def trains(self) -> bool:
        """Whether the statistics are those of the batch."""
        return bool(self.training_mode) if self.opset >= 14 else self.outputs > 1 and not self.is_test

    def axes(self, x: Array) -> tuple[int, ...]:
        """Over which the statistics of a batch are."""
        return (0, *range(2, x.ndim)) if self.spatial else (0,)

    def forward(self, x: Array, scale: Array, shift: Array, mean: Array, variance: Array) -> tuple[Array, ...]:
        """y; in training also the running mean and variance (and, until version 13, those of the batch)"""
        wide_x = wide(x)
        shape = self._per_channel(wide_x)
        if not self.trains:
            factor = wide(scale) / np.sqrt(wide(variance) + self.epsilon)
            offset = wide(shift) - wide(mean) * factor
            factor, offset = factor.astype(wide_x.dtype), offset.astype(wide_x.dtype)
            if not self.spatial:
                return (like(wide_x * factor + offset, x),)
            return (like(scaled_by_channel(wide_x, factor, offset), x),)
        n, batch_mean, inverse = standardised(wide_x, self.axes(x), self.epsilon)
        batch_variance = np.square(1 / inverse) - self.epsilon
        y = n * wide(scale).reshape(shape).astype(n.dtype) + wide(shift).reshape(shape).astype(n.dtype)
        batch = [batch_mean.reshape(mean.shape), np.maximum(batch_variance, 0).reshape(mean.shape)]
        running = [
            like(self.momentum * wide(old) + (1 - self.momentum) * new, old)
            for old, new in zip((mean, variance), batch, strict=True)
        ]
        saved = [like(new, old) for old, new in zip((mean, variance), batch, strict=True)]
        return (like(y, x), *running, *saved)[: self.outputs]

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dscale, dshift, and those of the mean and variance that were given"""
        x, scale, _, mean, variance = map(wide, inputs)
        dy = np.zeros_like(x) if dys[0] is None else wide(dys[0])
        shape, axes = self._per_channel(x), self.axes(x)
        if self.trains:
            grads = self._train_backward(dy, dys[1:3], (x, scale, mean))
        else:
            inverse = 1 / np.sqrt(variance + self.epsilon)
            n = (x - mean.reshape(shape)) * inverse.reshape(shape)
            dshift, dscale = dy.sum(axis=axes), (dy * n).sum(axis=axes)
            dx = dy * (scale * inverse).reshape(shape)
            grads = (dx, dscale, dshift, -dshift * scale * inverse, -0.5 * dscale * scale * np.square(inverse))
        return tuple(like(g.reshape(i.shape), i) for g, i in zip(grads, inputs, strict=True))

    def _train_backward(
        self, dy: Array, drunning: tuple[Array | None, ...], given: tuple[Array, Array, Array]
    ) -> tuple[Array, ...]:
        x, scale, mean = given
        shape, axes = self._per_channel(x), self.axes(x)
        n, _, inverse = standardised(x, axes, self.epsilon)
        dx = standardised_dx(dy * scale.reshape(shape), n, inverse, axes)
        dmean, dvariance = (np.zeros_like(mean) if d is None else wide(d) for d in (*drunning, None, None)[:2])
        share = (1 - self.momentum) / prod(x.shape[axis] for axis in axes)
        dx += share * (dmean.reshape(shape) + 2 * dvariance.reshape(shape) * n / inverse)
        moved = (self.momentum * dmean, self.momentum * dvariance)
        return dx, (dy * n).sum(axis=axes), dy.sum(axis=axes), *moved

    def _per_channel(self, x: Array) -> Shape:
        return (-1, *[1] * (x.ndim - 2)) if self.spatial else x.shape[1:]
