"""The comparisons: Equal (of texts as well), Greater, GreaterOrEqual, Less, LessOrEqual."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.sizes import stretched


@OPERATORS.register("Equal", since=(7, 11, 13, 19))
@dataclass(frozen=True, kw_only=True, eq=False)
class Equal(Operator):
    """y = a == b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.equal(a, b), bool)


@OPERATORS.register("Greater", since=(7, 9, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Greater(Operator):
    """y = a > b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.greater(a, b), bool)


@OPERATORS.register("GreaterOrEqual", since=(12, 16))
@dataclass(frozen=True, kw_only=True, eq=False)
class GreaterOrEqual(Operator):
    """y = a >= b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.greater_equal(a, b), bool)


@OPERATORS.register("Less", since=(7, 9, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Less(Operator):
    """y = a < b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.less(a, b), bool)


@OPERATORS.register("LessOrEqual", since=(12, 16))
@dataclass(frozen=True, kw_only=True, eq=False)
class LessOrEqual(Operator):
    """y = a <= b, a and b broadcast"""

    most_elements = stretched

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(np.less_equal(a, b), bool)
