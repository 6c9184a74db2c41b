"""ReduceMin on torch."""

import numpy as np
import torch

from nnlab.onnx.ops.reduce_min import ReduceMin
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced


@TORCH_OPERATORS.register(ReduceMin)
def reduce_min(operator: ReduceMin, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = the smallest x"""

    def extreme(x: torch.Tensor, over: tuple[int, ...]) -> torch.Tensor:
        if any(x.shape[axis] == 0 for axis in over):
            bound = operator.bound(np.dtype(str(x.dtype).removeprefix("torch.")), lowest=False)
            return x.new_full([1 if axis in over else size for axis, size in enumerate(x.shape)], bound)
        return x.amin(dim=over, keepdim=True) if over else x

    return reduced(operator, x, axes, extreme)
