"""The connectives of true and false: And, Or, Xor; Not has a file of its own."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.sizes import stretched


@OPERATORS.register("And", since=(7,))
@dataclass(frozen=True, kw_only=True, eq=False)
class And(Operator):
    """y = a and b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.logical_and(a, b))


@OPERATORS.register("Or", since=(7,))
@dataclass(frozen=True, kw_only=True, eq=False)
class Or(Operator):
    """y = a or b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.logical_or(a, b))


@OPERATORS.register("Xor", since=(7,))
@dataclass(frozen=True, kw_only=True, eq=False)
class Xor(Operator):
    """y = one of a and b, and not both, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.logical_xor(a, b))
