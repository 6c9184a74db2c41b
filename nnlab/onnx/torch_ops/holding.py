"""Tensors of halves held in float32 between operators (nnlab/onnx/engine/holding.py)."""

from typing import Any

import torch

from nnlab.onnx.torch_ops.base import HALVES


class TorchHolding:
    """A tensor that is held wide has the half that it stands for as an attribute."""

    def stands_for(self, x: Any) -> Any:
        """Its type."""
        if not isinstance(x, torch.Tensor) or not x.dtype.is_floating_point:
            return None
        return getattr(x, "stands_for", x.dtype)

    def is_half(self, dtype: Any) -> bool:
        """Whether it is a half."""
        return dtype in HALVES

    def holds(self, x: Any) -> bool:
        """Whether it is marked."""
        return isinstance(x, torch.Tensor) and hasattr(x, "stands_for")

    def held(self, x: Any, dtype: Any) -> Any:
        """x, marked: a tensor of its own on the same memory, since x may be what an operator was given."""
        if not isinstance(x, torch.Tensor) or not (x.dtype == torch.float32 or x.dtype in HALVES):
            return x
        marked: Any = x.float().view_as(x)
        marked.stands_for = dtype
        return marked

    def plain(self, x: Any) -> Any:
        """x, not marked."""
        if not isinstance(x, torch.Tensor) or not (self.holds(x) or x.dtype in HALVES):
            return x
        return x.float().view_as(x)

    def rounded(self, x: Any) -> Any:
        """x as a half."""
        return x.to(x.stands_for) if self.holds(x) else x
