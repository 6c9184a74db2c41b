"""Constant."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("Constant", since=(1, 9, 11, 12, 13, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Constant(Operator):
    """y = the one attribute that is given"""

    value: Array | None = None
    sparse_value: Array | None = None
    value_float: float | None = None
    value_floats: tuple[float, ...] | None = None
    value_int: int | None = None
    value_ints: tuple[int, ...] | None = None
    value_string: str | None = None
    value_strings: tuple[str, ...] | None = None

    def forward(self) -> Array:
        """y"""
        forms = (
            (self.value, None),
            (self.sparse_value, None),
            (self.value_float, np.float32),
            (self.value_floats, np.float32),
            (self.value_int, np.int64),
            (self.value_ints, np.int64),
            (self.value_string, object),
            (self.value_strings, object),
        )
        given = [np.asarray(value, dtype) for value, dtype in forms if value is not None]
        if len(given) != 1:
            raise DataError(f"Constant takes one value and has {len(given)}")
        return given[0]
