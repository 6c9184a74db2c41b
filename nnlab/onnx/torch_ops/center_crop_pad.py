"""CenterCropPad on torch."""

import torch

from nnlab.onnx.ops.center_crop_pad import CenterCropPad
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints


@TORCH_OPERATORS.register(CenterCropPad)
def center_crop_pad(operator: CenterCropPad, x: torch.Tensor, shape: torch.Tensor) -> torch.Tensor:
    """What is kept of x, put into zeros."""
    taken, put, out = operator.places(x.shape, ints(shape))
    y = torch.zeros(out, dtype=x.dtype)
    y[put] = x[taken]
    return y
