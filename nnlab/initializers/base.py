"""The contract of an initializer."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.types import Array, Shape


@dataclass(kw_only=True, eq=False)
class Initializer(Component, ABC):
    """Draws the first value of a parameter, in float64; the model casts it, so both dtypes start alike."""

    @abstractmethod
    def draw(self, shape: Shape, generator: np.random.Generator) -> Array:
        """A float64 array of that shape. For a matrix, axis 0 is fan-in and axis 1 fan-out."""


INITIALIZERS: Registry[Initializer] = Registry("initializer", "nnlab.initializers")
