"""All zeros: biases and shifts."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.initializers.base import INITIALIZERS, Initializer


@INITIALIZERS.register
@dataclass(kw_only=True, eq=False)
class Zero(Initializer):
    """All zeros. For biases and shifts; weights that start alike stay alike, so a hidden layer of zeros learns nothing.

    w = 0
    """

    also_called = ("Zeros",)

    def draw(self, shape: Shape, generator: "np.random.Generator") -> Array:
        """A float64 array of that shape."""
        return np.zeros(shape)
