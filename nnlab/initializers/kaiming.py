"""Weights that keep the variance of signals through ReLU."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.initializers.base import INITIALIZERS, Initializer, fans


@INITIALIZERS.register
@dataclass(kw_only=True, eq=False)
class Kaiming(Initializer):
    """Normal, of the variance that ReLU (which drops half of the signal) leaves unchanged from layer to layer.

    w ~ N(0, 2 / fan_in)

    Source:  He et al., "Delving deep into rectifiers", 2015, eq. 10.
    """

    also_called = ("He", "HeNormal", "KaimingNormal")

    def draw(self, shape: Shape, generator: "np.random.Generator") -> Array:
        """A float64 array of that shape."""
        fan_in, _ = fans(shape)
        return generator.standard_normal(shape) * math.sqrt(2 / fan_in)
