"""ReduceProd on torch."""

import torch

from nnlab.onnx.ops.reduce_prod import ReduceProd
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced


@TORCH_OPERATORS.register(ReduceProd)
def reduce_prod(operator: ReduceProd, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = product of x, one axis after the other"""

    def product(x: torch.Tensor, over: tuple[int, ...]) -> torch.Tensor:
        for axis in over:
            x = x.prod(dim=axis, keepdim=True)
        return x

    return reduced(operator, x, axes, product)
