"""StringConcat."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator, Values
from nnlab.onnx.ops.sizes import stretched


@OPERATORS.register("StringConcat", since=20)
@dataclass(frozen=True, kw_only=True, eq=False)
class StringConcat(Operator):
    """Texts joined element by element, with broadcasting."""

    def forward(self, x: Array, y: Array) -> Array:
        """z"""
        return np.asarray(np.add(x.astype(object), y.astype(object)), object)

    def most_elements(self, inputs: Values) -> float:
        """The longest texts of both, at every place."""
        longest = sum(max((len(str(text)) for text in x.reshape(-1)), default=0) for x in inputs)
        return stretched(self, inputs) * longest / 4
