"""ScatterElements."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.gather_elements import element_places
from nnlab.onnx.ops.scattering import Scattering


@OPERATORS.register("ScatterElements", since=(11, 13, 16, 18))
@dataclass(frozen=True, kw_only=True, eq=False)
class ScatterElements(Scattering):
    """Each update goes to the place of one axis that its index names, all other places being its own.

    y[indices[i, j, k], j, k] = updates[i, j, k]          for axis 0 of three

    Gradient:  see Scattering
    """

    halves = "widened"

    axis: int = 0
    reduction: str = "none"

    def places(self, indices: Array) -> tuple[Array, ...]:
        """The place of each update."""
        return element_places(indices, self.axis)
