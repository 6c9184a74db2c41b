"""ArgMax on torch."""

import torch

from nnlab.onnx.ops.arg_max import ArgMax
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(ArgMax)
def arg_max(operator: ArgMax, x: torch.Tensor) -> torch.Tensor:
    """Where along an axis the largest entry is."""
    if operator.select_last_index:
        last = x.shape[operator.axis] - 1
        return last - x.flip(operator.axis).argmax(operator.axis, keepdim=bool(operator.keepdims))
    return x.argmax(operator.axis, keepdim=bool(operator.keepdims))
