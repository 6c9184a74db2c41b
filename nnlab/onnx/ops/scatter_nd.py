"""ScatterND."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.scattering import Scattering


@OPERATORS.register("ScatterND", since=(11, 13, 16, 18))
@dataclass(frozen=True, kw_only=True, eq=False)
class ScatterND(Scattering):
    """Each update, a part of x, goes to the leading places that the last axis of `indices` spells out.

    y[indices[..., 0], indices[..., 1], ..., :] = updates[..., :]

    Gradient:  see Scattering
    """

    halves = "widened"

    reduction: str = "none"

    def places(self, indices: Array) -> tuple[Array, ...]:
        """The place of each update."""
        return tuple(np.moveaxis(indices, -1, 0))
