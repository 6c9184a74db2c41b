"""Adagrad."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.training_step import TrainingStep


@OPERATORS.register("Adagrad", since=1, domain="ai.onnx.preview.training")
@dataclass(frozen=True, kw_only=True, eq=False)
class Adagrad(TrainingStep):
    """h' = h + g^2;  x' = x - r / (1 + t decay_factor) g / (sqrt(h') + epsilon), with g + norm_coefficient x for g"""

    decay_factor: float = 0.0
    epsilon: float = 1e-6
    norm_coefficient: float = 0.0

    def step(self, rate: Array, steps: Array, x: Array, g: Array, *states: Array) -> tuple[Array, ...]:
        """x', h'"""
        (h,) = states
        r = rate / (1 + steps * self.decay_factor)
        g = self.norm_coefficient * x + g
        h = h + g * g
        return x - r * g / (np.sqrt(h) + self.epsilon), h
