"""Weights that keep the variance of signals and gradients alike, normally distributed."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.initializers.base import INITIALIZERS, Initializer, fans


@INITIALIZERS.register
@dataclass(kw_only=True, eq=False)
class GlorotNormal(Initializer):
    """Normal, of a variance between what keeps the signal's and what keeps the gradient's.

    w ~ N(0, 2 / (fan_in + fan_out))

    Source:  Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
             2010, eq. 12.
    """

    also_called = ("Xavier", "Glorot", "XavierNormal")

    def draw(self, shape: Shape, generator: "np.random.Generator") -> Array:
        """A float64 array of that shape."""
        fan_in, fan_out = fans(shape)
        return generator.standard_normal(shape) * math.sqrt(2 / (fan_in + fan_out))
