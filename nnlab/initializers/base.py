"""The contract of an initializer."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.types import Array, Shape


@dataclass(kw_only=True, eq=False)
class Initializer(Component, ABC):
    """Draws the first value of a parameter, in float64; the model casts it, so both dtypes start alike."""

    @abstractmethod
    def draw(self, shape: Shape, generator: "np.random.Generator") -> Array:
        """A float64 array of that shape. For a matrix, axis 0 is fan-in and axis 1 fan-out."""

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests and `nnlab check` make one; by default the defaults."""
        return ({},)


def fans(shape: Shape) -> tuple[int, int]:
    """Inputs and outputs of one unit. The last two axes are in and out; axes before them (a kernel's) count in both.

    Shapes:  (in, out): a matrix; (height, width, in, out): a convolution's kernel; (n,): n of each
    """
    if len(shape) < 2:
        count = math.prod(shape)
        return count, count
    around = math.prod(shape[:-2])
    return around * shape[-2], around * shape[-1]


INITIALIZERS: Registry[Initializer] = Registry("initializer", "nnlab.initializers")
