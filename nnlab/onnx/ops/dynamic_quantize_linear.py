"""DynamicQuantizeLinear."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("DynamicQuantizeLinear", since=11)
@dataclass(frozen=True, kw_only=True, eq=False)
class DynamicQuantizeLinear(Operator):
    """y = round(x / scale) + zero_point in uint8, scale and zero point so that the range of x, 0 included, just fits

    scale = (highest - lowest) / 255;  zero_point = round(-lowest / scale)
    """

    def forward(self, x: Array) -> tuple[Array, Array, Array]:
        """y, scale, zero_point"""
        lowest, highest = np.float32(np.min(x, initial=0)), np.float32(np.max(x, initial=0))
        scale = np.float32(1 if highest == lowest else highest - lowest) / np.float32(255)
        zero_point = np.rint(np.clip(-lowest / scale, 0, 255))
        y = np.clip(np.rint(x / scale) + zero_point, 0, 255)
        return np.asarray(y).astype(np.uint8), np.asarray(scale, x.dtype), np.asarray(zero_point).astype(np.uint8)
