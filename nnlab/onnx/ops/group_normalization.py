"""GroupNormalization."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.normalization import standardised, standardised_dx
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.precision import like, wide


@OPERATORS.register("GroupNormalization", since=(18, 21))
@dataclass(frozen=True, kw_only=True, eq=False)
class GroupNormalization(Operator):
    """y = scale n + shift,  n = x standardised over each sample's group of channels, and their positions

    Shapes:  x, y: (batch, channels, *size); scale, shift: (channels,), in version 18 (num_groups,)
    Gradient:  dx = standardised_dx(dy scale);  dscale = sum of dy n;  dshift = sum of dy
    Source:  Wu and He, "Group normalization", 2018.
    """

    halves = "widened"

    num_groups: int
    epsilon: float = 1e-5
    stash_type: int = 1

    def grouped(self, x: Array) -> Array:
        """x as (batch, num_groups, channels of a group and their positions)."""
        return x.reshape(len(x), self.num_groups, -1)

    def per_channel(self, parameter: Array, x: Array) -> Array:
        """A scale or shift so that it fits to x."""
        repeated = np.repeat(wide(parameter), x.shape[1] // len(parameter))
        return repeated.reshape(-1, *[1] * (x.ndim - 2))

    def forward(self, x: Array, scale: Array, shift: Array) -> Array:
        """y"""
        n, _, _ = standardised(self.grouped(wide(x)), (2,), self.epsilon)
        y = n.reshape(x.shape)
        y *= self.per_channel(scale, x)
        y += self.per_channel(shift, x)
        return like(y, x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dscale and dshift"""
        dy, x, scale = wide(dys[0]), wide(inputs[0]), inputs[1]
        n, _, inverse = standardised(self.grouped(x), (2,), self.epsilon)
        dx = standardised_dx(self.grouped(dy * self.per_channel(scale, x)), n, inverse, (2,)).reshape(x.shape)
        others = (0, *range(2, x.ndim))
        sums = (dy * n.reshape(x.shape)).sum(axis=others), dy.sum(axis=others)
        return like(dx, inputs[0]), *(like(s.reshape(len(scale), -1).sum(axis=1), scale) for s in sums)
