"""BatchNormalization on torch."""

import torch

from nnlab.onnx.ops.batch_normalization import BatchNormalization
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, widened


@TORCH_OPERATORS.register(BatchNormalization)
def batch_normalization(
    operator: BatchNormalization, x: torch.Tensor, *given: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    """torch's own where it runs; where it trains the formula, of which the running statistics are part."""
    scale, shift, mean, variance = given
    if not operator.trains and operator.spatial:
        factor = scale / torch.sqrt(variance + operator.epsilon)
        shape = (-1, *[1] * (x.ndim - 2))
        if x.requires_grad or factor.requires_grad:
            return (x * factor.reshape(shape).to(x.dtype) + (shift - mean * factor).reshape(shape).to(x.dtype),)
        return (torch.nn.functional.batch_norm(x, mean, variance, scale, shift, eps=operator.epsilon),)
    shape = (1, -1, *[1] * (x.ndim - 2)) if operator.spatial else (1, *x.shape[1:])
    if not operator.trains:
        centred = (x - mean.reshape(shape)) / torch.sqrt(variance.reshape(shape) + operator.epsilon)
        return (centred * scale.reshape(shape) + shift.reshape(shape),)
    axes = (0, *range(2, x.ndim)) if operator.spatial else (0,)
    wide = widened(x)
    batch_variance, batch_mean = torch.var_mean(wide, dim=axes, correction=0)
    n = (wide - batch_mean.reshape(shape)) / torch.sqrt(batch_variance.reshape(shape) + operator.epsilon)
    y = (n * scale.reshape(shape) + shift.reshape(shape)).to(x.dtype)
    batch = [batch_mean.reshape(mean.shape).to(mean.dtype), batch_variance.reshape(mean.shape).to(mean.dtype)]
    keep = operator.momentum
    running = [keep * old + (1 - keep) * new for old, new in zip((mean, variance), batch, strict=True)]
    return (y, *running, *batch)[: operator.outputs]
