"""The losses on torch: each a function of the loss (its options), what is predicted, and the targets.

All are means over the batch, as scalars that autograd differentiates.
"""

from collections.abc import Callable, Iterable

import torch
from torch.nn import functional as F

from nnlab.core.translations import Translations
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.l2 import L2
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy

TorchLoss = Callable[..., torch.Tensor]
"""Called as translation(loss, predicted, target): the mean loss of (batch, classes) predictions."""

TORCH_LOSSES: Translations[TorchLoss] = Translations("loss", "torch")
"""The translation of each loss, by its exact class."""


@TORCH_LOSSES.register(CrossEntropy)
def cross_entropy(loss: CrossEntropy, predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """- 1/batch sum y log p; a p of zero counts as the smallest normal number, in the gradient y / p as well."""
    floor = torch.finfo(predicted.dtype).tiny
    p = predicted + (predicted.clamp(min=floor) - predicted).detach()
    return -(target * p.log()).sum() / len(predicted)


@TORCH_LOSSES.register(SoftmaxCrossEntropy)
def softmax_cross_entropy(loss: SoftmaxCrossEntropy, predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Torch's cross-entropy is that of logits: LogSoftmax, then the mean of -y log a."""
    return F.cross_entropy(predicted, target)


@TORCH_LOSSES.register(MeanSquaredError)
def mean_squared_error(loss: MeanSquaredError, predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The mean over batch and classes of (p - y)^2"""
    return F.mse_loss(predicted, target)


def l2(penalty: L2, weights: Iterable[torch.Tensor]) -> torch.Tensor:
    """weight_decay / 2 sum w^2 over the weights that are penalised; its gradient is weight_decay w."""
    return penalty.weight_decay / 2 * sum((w.square().sum() for w in weights), start=torch.zeros(()))
