"""Dropout."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.chance import stream


@OPERATORS.register("Dropout", since=(12, 13, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Dropout(Operator):
    """y = x kept / (1 - ratio) in training, x otherwise; kept is 0 with the chance of ratio, else 1

    Outputs:  y; kept, as bool, where it is asked for
    Gradient:  dx = dy kept / (1 - ratio)
    Options:  seed: draws the same every time; without one, kept is new in every pass.
    """

    draws = True
    halves = "moved"

    seed: int | None = None

    def drawn(self, inputs: Values) -> bool:
        """Whether it is in training."""
        return _share(*(*inputs, None, None)[1:3]) > 0

    def forward(self, x: Array, ratio: Array | None = None, training_mode: Array | None = None) -> tuple[Array, ...]:
        """y, kept"""
        share = _share(ratio, training_mode)
        kept = np.ones(x.shape, bool) if share == 0 else stream(self.seed).uniform(size=x.shape) >= share
        y = x if share == 0 else (x * kept * _scale(share)).astype(x.dtype)
        return (y, kept)[: self.outputs]

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx; where kept is no output it is drawn again from the seed, or else read from y"""
        x, ratio, training_mode = (*inputs, None, None)[:3]
        dy, share = dys[0], _share(ratio, training_mode)
        if share == 0 or dy is None:
            return dy, *(None for _ in inputs[1:])
        if self.outputs > 1:
            kept = outputs[1]
        elif self.seed is not None:
            kept = stream(self.seed).uniform(size=x.shape) >= share
        else:
            kept = (outputs[0] != 0) | (x == 0)
        return (dy * kept * _scale(share)).astype(x.dtype), *(None for _ in inputs[1:])


@OPERATORS.register("Dropout", since=(7, 10))
@dataclass(frozen=True, kw_only=True, eq=False)
class EvaluatedDropout(Operator):
    """Dropout as it was before opset 12, which is for evaluation alone: y = x.

    Outputs:  y; kept, where it is asked for: all ones, of x's type before opset 10
    Gradient:  dx = dy
    """

    halves = "moved"

    ratio: float = 0.5

    def forward(self, x: Array) -> tuple[Array, ...]:
        """y, kept"""
        kept = np.ones(x.shape, bool if self.opset >= 10 else x.dtype)
        return (x, kept)[: self.outputs]

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        return (dys[0],)


def _share(ratio: Array | None, training_mode: Array | None) -> float:
    """The share that is dropped."""
    if training_mode is None or not bool(training_mode):
        return 0.0
    return 0.5 if ratio is None else float(ratio)


def _scale(share: float) -> float:
    return 1 / (1 - share) if share < 1 else 0.0
