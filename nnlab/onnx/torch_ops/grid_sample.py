"""GridSample on torch."""

import torch
from torch.nn import functional

from nnlab.onnx.ops.grid_sample import GridSample
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

MODES = {"linear": "bilinear", "cubic": "bicubic"}


@TORCH_OPERATORS.register(GridSample)
def grid_sample(operator: GridSample, x: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
    """torch's own, after which ONNX has modelled it."""
    mode = MODES.get(operator.mode, operator.mode)
    return functional.grid_sample(x, grid, mode, operator.padding_mode, bool(operator.align_corners))
