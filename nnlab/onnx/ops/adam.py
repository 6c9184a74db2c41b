"""Adam."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import (
    OPERATORS,
)
from nnlab.onnx.ops.training_step import TrainingStep


@OPERATORS.register("Adam", since=1, domain="ai.onnx.preview.training")
@dataclass(frozen=True, kw_only=True, eq=False)
class Adam(TrainingStep):
    """v' = alpha v + (1 - alpha) g;  h' = beta h + (1 - beta) g^2;  x' = x - r' v' / (sqrt(h') + epsilon)

    r' = r sqrt(1 - beta^t) / (1 - alpha^t) after the first step; g includes norm_coefficient x; in the end x' shrinks
    by norm_coefficient_post.
    """

    alpha: float = 0.9
    beta: float = 0.999
    epsilon: float = 1e-6
    norm_coefficient: float = 0.0
    norm_coefficient_post: float = 0.0
    states = 2

    def step(self, rate: Array, steps: Array, x: Array, g: Array, *states: Array) -> tuple[Array, ...]:
        """x', v', h'"""
        v, h = states
        g = self.norm_coefficient * x + g
        v = self.alpha * v + (1 - self.alpha) * g
        h = self.beta * h + (1 - self.beta) * g * g
        t = int(steps)
        r = rate * math.sqrt(1 - self.beta**t) / (1 - self.alpha**t) if t > 0 else rate
        x = x - r * v / (np.sqrt(h) + self.epsilon)
        return (1 - self.norm_coefficient_post) * x, v, h
