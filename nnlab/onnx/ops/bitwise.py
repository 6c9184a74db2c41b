"""Bit by bit: BitwiseAnd, BitwiseOr, BitwiseXor; BitwiseNot has a file of its own."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.sizes import stretched


@OPERATORS.register("BitwiseAnd", since=(18,))
@dataclass(frozen=True, kw_only=True, eq=False)
class BitwiseAnd(Operator):
    """y = a & b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.bitwise_and(a, b))


@OPERATORS.register("BitwiseOr", since=(18,))
@dataclass(frozen=True, kw_only=True, eq=False)
class BitwiseOr(Operator):
    """y = a | b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.bitwise_or(a, b))


@OPERATORS.register("BitwiseXor", since=(18,))
@dataclass(frozen=True, kw_only=True, eq=False)
class BitwiseXor(Operator):
    """y = a ^ b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.bitwise_xor(a, b))
