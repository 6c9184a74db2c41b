"""SkipLayerNormalization of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape
from nnlab.onnx.ops.layer_normalization import LayerNormalization
from nnlab.onnx.ops.microsoft import MICROSOFT


@OPERATORS.register("SkipLayerNormalization", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class SkipLayerNormalization(Composed):
    """y = LayerNormalization(s),  s = x + skip + bias, over the last axis; mean, 1 / deviation and s are outputs too

    Shapes:  x, y, s: (..., features); skip: broadcast to x; gamma, beta, bias: (features,)
    """

    epsilon: float = 1e-5

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Add, LayerNormalization"""
        x, skip, gamma, beta, bias = (*inputs, None, None)[:5]
        s = tape.run(Add(), x, skip)
        s = s if bias is None else tape.run(Add(), s, bias)
        y, mean, inverse = tape.run(LayerNormalization(epsilon=self.epsilon, outputs=3), s, gamma, beta)
        return (y, mean, inverse, s)[: self.outputs]
