"""All ones: scales."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.initializers.base import INITIALIZERS, Initializer


@INITIALIZERS.register
@dataclass(kw_only=True, eq=False)
class One(Initializer):
    """All ones. For scales; as weights it has the fault of Zero: units that start alike stay alike.

    w = 1
    """

    also_called = ("Ones",)

    def draw(self, shape: Shape, generator: "np.random.Generator") -> Array:
        """A float64 array of that shape."""
        return np.ones(shape)
