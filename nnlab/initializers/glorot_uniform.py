"""Weights that keep the variance of signals and gradients alike, uniformly distributed."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.initializers.base import INITIALIZERS, Initializer, fans


@INITIALIZERS.register
@dataclass(kw_only=True, eq=False)
class GlorotUniform(Initializer):
    """Uniform, of the same variance as GlorotNormal.

    w ~ U(-limit, limit),  limit = sqrt(6 / (fan_in + fan_out))

    Source:  Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
             2010, eq. 16.
    """

    also_called = ("Xavier", "XavierUniform")

    def draw(self, shape: Shape, generator: np.random.Generator) -> Array:
        """A float64 array of that shape."""
        fan_in, fan_out = fans(shape)
        limit = math.sqrt(6 / (fan_in + fan_out))
        return generator.uniform(-limit, limit, shape)
