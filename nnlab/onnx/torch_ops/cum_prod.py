"""CumProd on torch."""

import torch

from nnlab.onnx.ops.cum_prod import CumProd
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(CumProd)
@numpy_for_odd_types
def cum_prod(operator: CumProd, x: torch.Tensor, axis: torch.Tensor) -> torch.Tensor:
    """y[k] = the product of x[0] to x[k] along the axis"""
    place = int(axis)
    rows = x.flip(place) if operator.reverse else x
    y = torch.cumprod(rows, dim=place, dtype=x.dtype)
    if operator.exclusive:
        first, rest = y.narrow(place, 0, min(1, y.shape[place])), y.narrow(place, 0, max(0, y.shape[place] - 1))
        y = torch.cat([torch.ones_like(first), rest], dim=place)
    return y.flip(place) if operator.reverse else y
