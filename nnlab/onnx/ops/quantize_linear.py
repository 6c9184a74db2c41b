"""QuantizeLinear."""

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.cast import cast
from nnlab.onnx.ops.quantization import spread
from nnlab.onnx.ops.sizes import blocks


@OPERATORS.register("QuantizeLinear", since=(10, 13, 19, 21, 23, 24, 25, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class QuantizeLinear(Operator):
    """y = round(x / scale) + zero_point, held to what y's type can say; of two equally near numbers the even

    To floats of few bits, casting rounds.

    Options:  axis: along which the scales lie.  block_size: elements per scale; 0: one scale per place on the axis.
              output_dtype: ONNX's number of y's type, where no zero point gives it; 0: uint8.
              precision: ONNX's number of the type in which x is divided; 0: the wider one of x and scale.
              saturate: for floats of 8 bits, as in Cast.
    """

    in_steps = True
    fixed = (1, 2)
    most_elements = blocks

    axis: int = 1
    saturate: int = 1
    block_size: int = 0
    output_dtype: int = 0
    precision: int = 0

    def forward(self, x: Array, scale: Array, zero_point: Array | None = None) -> Array:
        """y"""
        if self.precision:
            x, scale = x.astype(dtype_of(self.precision)), scale.astype(dtype_of(self.precision))
        ratio = x / spread(scale, x.shape, self.axis, self.block_size)
        if zero_point is not None:
            to = zero_point.dtype
        else:
            to = np.dtype(dtype_of(self.output_dtype) if self.output_dtype else np.uint8)
        if "int" not in to.name:
            return cast(ratio, to, saturate=bool(self.saturate))
        lowest, highest = limits(to)
        whole = np.rint(np.asarray(ratio, np.float64))
        if zero_point is not None:
            whole = whole + spread(zero_point.astype(np.float64), x.shape, self.axis, self.block_size)
        return np.clip(whole, lowest, highest).astype(to)


def limits(dtype: Any) -> tuple[int, int]:
    """The smallest and the largest whole number of a type."""
    info = ml_dtypes.iinfo(dtype)  # type: ignore[no-untyped-call]
    return int(info.min), int(info.max)
