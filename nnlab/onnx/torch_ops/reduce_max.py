"""ReduceMax on torch."""

import numpy as np
import torch

from nnlab.onnx.ops.reduce_max import ReduceMax
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced


@TORCH_OPERATORS.register(ReduceMax)
def reduce_max(operator: ReduceMax, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = the largest x"""

    def extreme(x: torch.Tensor, over: tuple[int, ...]) -> torch.Tensor:
        if any(x.shape[axis] == 0 for axis in over):
            bound = operator.bound(np.dtype(str(x.dtype).removeprefix("torch.")), lowest=True)
            return x.new_full([1 if axis in over else size for axis, size in enumerate(x.shape)], bound)
        return x.amax(dim=over, keepdim=True) if over else x

    return reduced(operator, x, axes, extreme)
