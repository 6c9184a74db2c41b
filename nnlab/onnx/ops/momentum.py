"""Momentum."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.training_step import TrainingStep


@OPERATORS.register("Momentum", since=1, domain="ai.onnx.preview.training")
@dataclass(frozen=True, kw_only=True, eq=False)
class Momentum(TrainingStep):
    """v' = alpha v + beta g;  x' = x - r v', or with Nesterov's x' = x - r (g + alpha v')

    beta counts as 1 in the first step; g includes norm_coefficient x.
    """

    alpha: float
    beta: float
    mode: str
    norm_coefficient: float

    def step(self, rate: Array, steps: Array, x: Array, g: Array, *states: Array) -> tuple[Array, ...]:
        """x', v'"""
        (v,) = states
        g = self.norm_coefficient * x + g
        v = self.alpha * v + (self.beta if int(steps) > 0 else 1) * g
        return x - rate * (g + self.alpha * v if self.mode == "nesterov" else v), v
