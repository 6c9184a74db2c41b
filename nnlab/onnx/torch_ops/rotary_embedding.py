"""RotaryEmbedding on torch."""

import torch

from nnlab.onnx.ops.rotary_embedding import RotaryEmbedding
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(RotaryEmbedding)
def rotary_embedding(
    operator: RotaryEmbedding,
    x: torch.Tensor,
    cos: torch.Tensor,
    sin: torch.Tensor,
    positions: torch.Tensor | None = None,
) -> torch.Tensor:
    """The same formula."""
    c, s = ((cache if positions is None else cache[positions]).unsqueeze(2) for cache in (cos, sin))
    y = x.clone()
    own, out = operator.heads(x), operator.heads(y)
    first, second = operator.pairs(own.shape[-1])
    out[first] = own[first] * c - own[second] * s
    out[second] = own[first] * s + own[second] * c
    return y
