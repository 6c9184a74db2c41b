"""Imputer of ai.onnx.ml."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator, is_float
from nnlab.onnx.ops.post_transform import ML


@OPERATORS.register("Imputer", since=1, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class Imputer(Operator):
    """y = what is put in where x is the value that stands for what is missing, else x

    Shapes:  x, y: (..., features)
    Options:  imputed_value_floats, _int64s: what is put in: one number, or one per feature.
              replaced_value_float, _int64: what stands for what is missing; NaN for every NaN.
    """

    imputed_value_floats: tuple[float, ...] = ()
    imputed_value_int64s: tuple[int, ...] = ()
    replaced_value_float: float = 0.0
    replaced_value_int64: int = 0

    def forward(self, x: Array) -> Array:
        """y, of x's type"""
        values = self.imputed_value_floats if is_float(x) else self.imputed_value_int64s
        missing = self.replaced_value_float if is_float(x) else self.replaced_value_int64
        where = np.isnan(x) if isinstance(missing, float) and math.isnan(missing) else x == np.array(missing, x.dtype)
        return np.where(where, np.array(values, x.dtype), x)
