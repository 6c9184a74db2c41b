"""MaxUnpool on torch."""

import torch

from nnlab.onnx.ops.max_unpool import MaxUnpool
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints
from nnlab.onnx.torch_ops.windowed import padded


@TORCH_OPERATORS.register(MaxUnpool)
def max_unpool(
    operator: MaxUnpool, x: torch.Tensor, indices: torch.Tensor, output_shape: torch.Tensor | None = None
) -> torch.Tensor:
    """Scattered through the flat output, zeros after the end where more is asked for."""
    own = (*x.shape[:2], *operator.full(tuple(x.shape[2:])))
    flat = torch.zeros(own, dtype=x.dtype).reshape(-1)
    y = flat.scatter(0, indices.reshape(-1), x.reshape(-1)).reshape(own)
    return (
        y if output_shape is None else padded(y, [(0, b - a) for a, b in zip(own, ints(output_shape), strict=True)][2:])
    )
