"""SkipSimplifiedLayerNormalization of com.microsoft."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape
from nnlab.onnx.ops.microsoft import MICROSOFT
from nnlab.onnx.ops.mul import Mul
from nnlab.onnx.ops.simplified_layer_normalization import SimplifiedLayerNormalization


@OPERATORS.register("SkipSimplifiedLayerNormalization", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class SkipSimplifiedLayerNormalization(Composed):
    """y = SimplifiedLayerNormalization(s),  s = x + skip + bias, over the last axis; 1 / root and s are outputs too

    Shapes:  x, y, s: (..., features); skip: broadcast to x; gamma, bias: (features,); the second output, a mean, is 0
    """

    epsilon: float = 1e-5

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Add, SimplifiedLayerNormalization"""
        x, skip, gamma, bias = (*inputs, None)[:4]
        s = tape.run(Add(), x, skip)
        s = s if bias is None else tape.run(Add(), s, bias)
        y, inverse = tape.run(SimplifiedLayerNormalization(epsilon=self.epsilon, outputs=2), s, gamma)
        mean = tape.run(Mul(), inverse, np.float32(0).reshape(()))
        return (y, mean, inverse, s)[: self.outputs]
