"""CausalConvWithState on torch."""

import torch
from torch.nn import functional

from nnlab.onnx.ops.causal_conv_with_state import CausalConvWithState
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(CausalConvWithState)
def causal_conv_with_state(
    operator: CausalConvWithState,
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor | None = None,
    past: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """A depthwise convolution of the past state and x."""
    kept = w.shape[2] - 1
    s = functional.pad(x, (kept, 0)) if past is None else torch.cat([past, x], dim=2)
    z = torch.conv1d(s, w, b, groups=x.shape[1])
    return z if operator.activation == "none" else functional.silu(z), s[:, :, s.shape[2] - kept :]
