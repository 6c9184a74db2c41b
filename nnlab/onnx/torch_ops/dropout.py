"""Dropout on torch."""

import torch

from nnlab.onnx.ops.dropout import Dropout, EvaluatedDropout
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(Dropout)
def dropout(
    operator: Dropout, x: torch.Tensor, ratio: torch.Tensor | None = None, training_mode: torch.Tensor | None = None
) -> tuple[torch.Tensor, ...]:
    """y = x kept / (1 - ratio) in training; what is kept is drawn as on the other engine"""
    if training_mode is None or not bool(training_mode):
        return (x, torch.ones_like(x, dtype=torch.bool))[: operator.outputs]
    factor = by_numpy(operator, torch.ones_like(x), ratio, training_mode)[0]
    return (x * factor, factor != 0)[: operator.outputs]


@TORCH_OPERATORS.register(EvaluatedDropout)
def evaluated_dropout(operator: EvaluatedDropout, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """y = x"""
    return (x, torch.ones_like(x, dtype=torch.bool if operator.opset >= 10 else x.dtype))[: operator.outputs]
