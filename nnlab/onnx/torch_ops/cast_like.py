"""CastLike on torch."""

from typing import Any

import torch

from nnlab.onnx.ops.cast_like import CastLike
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(CastLike)
def cast_like(operator: CastLike, x: Any, like: Any) -> Any:
    """y = x in the type of another array; by hand where torch does not have one of the two"""
    both = isinstance(x, torch.Tensor) and isinstance(like, torch.Tensor)
    return x.to(like.dtype) if both else by_numpy(operator, x, like)
