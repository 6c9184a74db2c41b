"""DepthToSpace on torch."""

import torch
from torch.nn import functional

from nnlab.onnx.ops.depth_to_space import DepthToSpace
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(DepthToSpace)
def depth_to_space(operator: DepthToSpace, x: torch.Tensor) -> torch.Tensor:
    """torch's pixel_shuffle, whose order CRD is; for DCR the channels are brought into that order first."""
    if operator.mode == "CRD":
        return functional.pixel_shuffle(x, operator.blocksize)
    block, (n, c, h, w) = operator.blocksize**2, x.shape
    return functional.pixel_shuffle(
        x.reshape(n, block, c // block, h, w).transpose(1, 2).reshape(x.shape), operator.blocksize
    )
