"""SimplifiedLayerNormalization, which onnxruntime's optimiser writes in ONNX's own domain."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape
from nnlab.onnx.ops.functions import Reciprocal, Sqrt
from nnlab.onnx.ops.mul import Mul
from nnlab.onnx.ops.reduce_mean import ReduceMean


@OPERATORS.register("SimplifiedLayerNormalization", since=1)
@dataclass(frozen=True, kw_only=True, eq=False)
class SimplifiedLayerNormalization(Composed):
    """y = x s scale,  s = 1 / sqrt(mean of x^2 + epsilon), the mean over the axes from `axis` on; s is an output too

    Shapes:  x, y: any; scale: broadcast to x; s: that of x, 1 from `axis` on
    Source:  Zhang and Sennrich, "Root mean square layer normalization", 2019.
    """

    axis: int = -1
    epsilon: float = 1e-5
    stash_type: int = 1

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Mul, ReduceMean, Sqrt, Reciprocal, Mul"""
        x, scale = inputs
        axes = np.arange(self.axis % x.rank, x.rank)
        mean = tape.run(ReduceMean(keepdims=1, opset=18), tape.run(Mul(), x, x), axes)
        s = tape.run(Reciprocal(), tape.run(Sqrt(), tape.run(Add(), mean, np.float32(self.epsilon).reshape(()))))
        y = tape.run(Mul(), tape.run(Mul(), x, s), scale)
        return (y, s) if self.outputs > 1 else y
