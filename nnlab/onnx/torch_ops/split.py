"""Split on torch."""

import torch

from nnlab.onnx.ops.split import Split
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints


@TORCH_OPERATORS.register(Split)
def split(operator: Split, x: torch.Tensor, split: torch.Tensor | None = None) -> tuple[torch.Tensor, ...]:
    """x cut along an axis."""
    sizes = operator.sizes(tuple(x.shape), operator.split if split is None else ints(split))
    return tuple(torch.split(x, list(sizes), dim=operator.axis))
