"""SpaceToDepth on torch."""

import torch
from torch.nn import functional

from nnlab.onnx.ops.space_to_depth import SpaceToDepth
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SpaceToDepth)
def space_to_depth(operator: SpaceToDepth, x: torch.Tensor) -> torch.Tensor:
    """torch's pixel_unshuffle, whose order CRD is; for DCR the channels are brought out of that order."""
    y = functional.pixel_unshuffle(x, operator.blocksize)
    if operator.mode == "CRD":
        return y
    return y.reshape(len(x), x.shape[1], -1, *y.shape[2:]).transpose(1, 2).reshape(y.shape)
