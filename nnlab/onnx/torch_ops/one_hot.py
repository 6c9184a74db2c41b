"""OneHot on torch."""

import torch

from nnlab.onnx.ops.one_hot import OneHot
from nnlab.onnx.torch_ops.arrays import to_array
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(OneHot)
def one_hot(operator: OneHot, indices: torch.Tensor, depth: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """A new axis, on at the place that the index names."""
    on = torch.from_numpy(operator.on(to_array(indices), to_array(depth))).to(values.device)
    return torch.where(on, values[1], values[0])
