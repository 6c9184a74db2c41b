"""TensorScatter on torch."""

import torch

from nnlab.onnx.ops.tensor_scatter import TensorScatter
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(TensorScatter)
def tensor_scatter(
    operator: TensorScatter, past: torch.Tensor, update: torch.Tensor, begins: torch.Tensor | None = None
) -> torch.Tensor:
    """A cache with new entries written along one axis."""
    axis = operator.axis - 1 if operator.axis > 0 else operator.axis
    places = operator.places(tuple(past.shape), tuple(update.shape), begins)
    samples = [
        old.index_copy(axis, torch.from_numpy(place), new) for old, new, place in zip(past, update, places, strict=True)
    ]
    return torch.stack(samples)
