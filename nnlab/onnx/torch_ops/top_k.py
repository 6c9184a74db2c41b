"""TopK on torch."""

import torch

from nnlab.onnx.ops.top_k import TopK
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(TopK)
def top_k(operator: TopK, x: torch.Tensor, k: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """The k largest entries and their places. torch.topk says nothing of equal ones, a stable sort does."""
    count = operator.count(tuple(x.shape), k)
    values, places = torch.sort(x, dim=operator.axis, descending=bool(operator.largest), stable=True)
    return values.narrow(operator.axis, 0, count), places.narrow(operator.axis, 0, count)
