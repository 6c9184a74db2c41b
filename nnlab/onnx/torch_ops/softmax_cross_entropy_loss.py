"""SoftmaxCrossEntropyLoss on torch."""

import torch

from nnlab.onnx.ops.softmax_cross_entropy_loss import SoftmaxCrossEntropyLoss
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.negative_log_likelihood_loss import likelihood


@TORCH_OPERATORS.register(SoftmaxCrossEntropyLoss)
def softmax_cross_entropy_loss(
    operator: SoftmaxCrossEntropyLoss, x: torch.Tensor, labels: torch.Tensor, w: torch.Tensor | None = None
) -> tuple[torch.Tensor, ...]:
    """loss = mean, or sum, or each of -w[label] log_p[label];  log_p"""
    log_p = torch.log_softmax(x, dim=1)
    return (likelihood(operator, log_p, labels, w), log_p)[: operator.outputs]
