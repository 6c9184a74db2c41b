"""Scaler of ai.onnx.ml."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.post_transform import ML


@OPERATORS.register("Scaler", since=1, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class Scaler(Operator):
    """y = (x - offset) scale, as float32

    Shapes:  x, y: (..., features)
    Options:  offset, scale: one number, or one per feature.
    """

    offset: tuple[float, ...] = (0.0,)
    scale: tuple[float, ...] = (1.0,)

    def forward(self, x: Array) -> Array:
        """y"""
        return (x.astype(np.float32) - np.array(self.offset, np.float32)) * np.array(self.scale, np.float32)
