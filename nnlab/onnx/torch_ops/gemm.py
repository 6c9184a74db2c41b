"""Gemm on torch."""

import torch

from nnlab.onnx.ops.gemm import Gemm
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Gemm)
def gemm(operator: Gemm, a: torch.Tensor, b: torch.Tensor, c: torch.Tensor | None = None) -> torch.Tensor:
    """alpha a b + beta c"""
    a, b = a.T if operator.transA else a, b.T if operator.transB else b
    if c is not None and a.is_floating_point():
        return torch.addmm(c, a, b, beta=operator.beta, alpha=operator.alpha)
    y = a @ b if operator.alpha == 1 else a @ b * operator.alpha
    y = y if c is None else y + c * operator.beta
    return y.to(a.dtype)
