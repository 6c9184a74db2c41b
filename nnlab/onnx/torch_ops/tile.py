"""Tile on torch."""

import torch

from nnlab.onnx.ops.tile import Tile
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints


@TORCH_OPERATORS.register(Tile)
def tile(operator: Tile, x: torch.Tensor, repeats: torch.Tensor) -> torch.Tensor:
    """x laid side by side with itself."""
    return x.repeat(ints(repeats))
