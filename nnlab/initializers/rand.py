"""Plain random weights, to see what the careful initializers are for."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.initializers.base import INITIALIZERS, Initializer


@INITIALIZERS.register
@dataclass(kw_only=True, eq=False)
class Rand(Initializer):
    """Uniform between 0 and 1, whatever the size of the layer: what one would try first.

    w ~ U(0, 1)

    Every weight is positive, so each output is about fan_in / 4 for inputs between 0 and 1: large, alike for all units,
    and a softmax of it saturates. Kept to show that; train with GlorotNormal.
    """

    def draw(self, shape: Shape, generator: np.random.Generator) -> Array:
        """A float64 array of that shape."""
        return generator.random(shape)
