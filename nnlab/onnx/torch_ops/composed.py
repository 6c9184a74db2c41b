"""Operators that are made of others, on torch: by the translations of those; and what has only the hand-written one."""

from typing import Any

from nnlab.onnx.ops.base import OPERATORS, Operator, Values
from nnlab.onnx.ops.composed import Composed
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.execute import torch_compute


def composed(operator: Composed, *inputs: Any) -> Any:
    """The formula, by the translations of what it runs."""
    return operator.computed(by_translation, inputs)


def by_translation(operator: Operator, inputs: Values) -> Values:
    """Torch's engine."""
    return torch_compute(operator, inputs, {})


for cls in OPERATORS:
    if issubclass(cls, Composed):
        TORCH_OPERATORS.register(cls)(composed)
