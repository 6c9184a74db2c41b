"""Expand on torch."""

import numpy as np
import torch

from nnlab.onnx.ops.expand import Expand
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints


@TORCH_OPERATORS.register(Expand)
def expand(operator: Expand, x: torch.Tensor, shape: torch.Tensor) -> torch.Tensor:
    """x repeated until it fits the shape."""
    return x.expand(np.broadcast_shapes(tuple(x.shape), tuple(ints(shape))))
