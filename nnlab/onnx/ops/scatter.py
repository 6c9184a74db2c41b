"""Scatter."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.gather_elements import element_places
from nnlab.onnx.ops.scattering import Scattering


@OPERATORS.register("Scatter", since=(9, 11))
@dataclass(frozen=True, kw_only=True, eq=False)
class Scatter(Scattering):
    """What ScatterElements was called until version 11.

    Gradient:  see Scattering
    """

    axis: int = 0

    def places(self, indices: Array) -> tuple[Array, ...]:
        """The place of each update."""
        return element_places(indices, self.axis)
