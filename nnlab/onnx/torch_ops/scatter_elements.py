"""ScatterElements on torch."""

import torch

from nnlab.onnx.ops.scatter import Scatter
from nnlab.onnx.ops.scatter_elements import ScatterElements
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.gather_elements import from_zero

COMBINE = {"add": "sum", "mul": "prod", "min": "amin", "max": "amax"}


@TORCH_OPERATORS.register(Scatter)
@TORCH_OPERATORS.register(ScatterElements)
def scatter_elements(
    operator: Scatter | ScatterElements, x: torch.Tensor, indices: torch.Tensor, updates: torch.Tensor
) -> torch.Tensor:
    """Each update goes to the place of one axis that its index names."""
    return scattered(x, operator.axis, from_zero(indices, x.shape[operator.axis]), updates, operator.how)


def scattered(x: torch.Tensor, axis: int, indices: torch.Tensor, updates: torch.Tensor, how: str) -> torch.Tensor:
    """Updates written into x, or combined with what is there."""
    if how == "none":
        return x.scatter(axis, indices, updates)
    return x.scatter_reduce(axis, indices, updates, COMBINE[how], include_self=True)
