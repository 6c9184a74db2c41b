"""NegativeLogLikelihoodLoss on torch, and what SoftmaxCrossEntropyLoss has of it."""

import torch

from nnlab.onnx.ops.negative_log_likelihood_loss import Likelihood, NegativeLogLikelihoodLoss
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(NegativeLogLikelihoodLoss)
def negative_log_likelihood_loss(
    operator: NegativeLogLikelihoodLoss, x: torch.Tensor, labels: torch.Tensor, w: torch.Tensor | None = None
) -> torch.Tensor:
    """loss = mean, or sum, or each of -w[label] x[label]"""
    return likelihood(operator, x, labels, w)


def likelihood(operator: Likelihood, log_p: torch.Tensor, labels: torch.Tensor, w: torch.Tensor | None) -> torch.Tensor:
    """The loss, step by step: torch's own has no gradient of the weights."""
    ignored = torch.zeros_like(labels, dtype=torch.bool)
    if operator.ignore_index is not None:
        ignored = labels == operator.ignore_index
    safe = labels.masked_fill(ignored, 0).long()
    picked = -log_p.gather(1, safe.unsqueeze(1)).squeeze(1)
    weights = torch.ones_like(picked) if w is None else w[safe]
    weights = weights.masked_fill(ignored, 0)
    each = (picked * weights).masked_fill(ignored, 0)
    if operator.reduction == "none":
        return each
    return each.sum() / weights.sum() if operator.reduction == "mean" else each.sum()
