"""GatherND on torch."""

import torch

from nnlab.onnx.ops.gather_nd import GatherND
from nnlab.onnx.torch_ops.arrays import to_array
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(GatherND)
def gather_nd(operator: GatherND, x: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
    """The parts of x whose leading places the last axis of `indices` spells out."""
    return x[tuple(torch.from_numpy(place.copy()) for place in operator.places(to_array(indices)))]
