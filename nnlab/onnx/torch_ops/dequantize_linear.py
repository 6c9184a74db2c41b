"""DequantizeLinear on torch."""

from typing import Any

import torch

from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.dequantize_linear import DequantizeLinear
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy
from nnlab.onnx.torch_ops.cast import torch_dtype


@TORCH_OPERATORS.register(DequantizeLinear)
def dequantize_linear(operator: DequantizeLinear, x: Any, scale: torch.Tensor, zero_point: Any = None) -> Any:
    """y = (x - zero_point) scale: the difference by hand, which has no gradient and types that torch lacks"""
    to = torch_dtype(dtype_of(operator.output_dtype)) if operator.output_dtype else scale.dtype
    wide = torch.float64 if scale.dtype == torch.float64 else torch.float32
    exact = type(operator)(axis=operator.axis, block_size=operator.block_size, output_dtype=1)
    shifted = by_numpy(exact, x, torch.ones_like(scale.detach()), zero_point)
    return (shifted.to(wide) * _spread(operator, scale.to(wide), tuple(x.shape))).to(to)


def _spread(operator: DequantizeLinear, scale: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    if scale.ndim <= 1 and scale.numel() == 1:
        return scale.reshape(())
    axis = operator.axis % len(shape)
    if scale.ndim == 1 and not operator.block_size:
        return scale.reshape([-1 if place == axis else 1 for place in range(len(shape))])
    size = operator.block_size or -(-shape[axis] // scale.shape[axis])
    return scale.repeat_interleave(size, dim=axis).narrow(axis, 0, shape[axis])
