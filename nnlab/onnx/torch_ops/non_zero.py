"""NonZero on torch."""

import torch

from nnlab.onnx.ops.non_zero import NonZero
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(NonZero)
def non_zero(operator: NonZero, x: torch.Tensor) -> torch.Tensor:
    """The places of all entries that are not zero."""
    return torch.nonzero(x).T
