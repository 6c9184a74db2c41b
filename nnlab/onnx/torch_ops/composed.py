"""Operators that are made of others, on torch: by the translations of those; and what has only the hand-written one."""

from typing import Any

import torch

from nnlab.onnx.ops.base import OPERATORS, Operator, Values
from nnlab.onnx.ops.composed import Composed
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.execute import torch_compute

HALVES = (torch.float16, torch.bfloat16)


def composed(operator: Composed, *inputs: Any) -> Any:
    """The formula, by the translations of what it runs; of halves, computed in float32 and rounded once."""
    half = next((x.dtype for x in inputs if x is not None and x.dtype in HALVES), None)
    if half is None:
        return operator.computed(by_translation, inputs)
    y = operator.computed(
        by_translation, tuple(x.float() if x is not None and x.dtype in HALVES else x for x in inputs)
    )
    several = y if isinstance(y, tuple) else (y,)
    rounded = tuple(each.to(half) if each.dtype == torch.float32 else each for each in several)
    return rounded if isinstance(y, tuple) else rounded[0]


def by_translation(operator: Operator, inputs: Values) -> Values:
    """Torch's engine."""
    return torch_compute(operator, inputs, {})


for cls in OPERATORS:
    if issubclass(cls, Composed):
        TORCH_OPERATORS.register(cls)(composed)
