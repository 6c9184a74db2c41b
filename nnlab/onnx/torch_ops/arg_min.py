"""ArgMin on torch."""

import torch

from nnlab.onnx.ops.arg_min import ArgMin
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(ArgMin)
def arg_min(operator: ArgMin, x: torch.Tensor) -> torch.Tensor:
    """Where along an axis the smallest entry is."""
    if operator.select_last_index:
        last = x.shape[operator.axis] - 1
        return last - x.flip(operator.axis).argmin(operator.axis, keepdim=bool(operator.keepdims))
    return x.argmin(operator.axis, keepdim=bool(operator.keepdims))
