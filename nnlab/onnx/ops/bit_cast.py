"""BitCast."""

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("BitCast", since=26)
@dataclass(frozen=True, kw_only=True, eq=False)
class BitCast(Operator):
    """y = the bits of x read as another type, of as many bits

    Options:  to: ONNX's number of the type.
    """

    names_a_type = frozenset()
    """Its type is about bits, not numbers."""

    to: int

    def forward(self, x: Array) -> Array:
        """y"""
        dtype = np.dtype(dtype_of(self.to))
        if "O" in {x.dtype.kind, dtype.kind} or _bits(x.dtype) != _bits(dtype):
            raise DataError(f"BitCast keeps the number of bits: {x.dtype.name} cannot be read as {dtype.name}")
        if _bits(dtype) >= 8:
            return x.view(dtype)
        unused = 8 - _bits(dtype)  # of the byte that NumPy keeps each number in; signs fill it
        raw = x.view(np.uint8) << unused
        return (raw.view(np.int8) >> unused if dtype.name.startswith("int") else raw >> unused).view(dtype)


def _bits(dtype: Any) -> int:
    if dtype.name == "bool":
        return 8
    if dtype.kind != "V":
        return int(dtype.itemsize) * 8
    info = ml_dtypes.iinfo if "int" in dtype.name else ml_dtypes.finfo
    return int(info(dtype).bits)
