"""Gelu on torch."""

from functools import partial

import torch

from nnlab.onnx.ops.gelu import Gelu
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.tails import with_tails


@TORCH_OPERATORS.register(Gelu)
def gelu(operator: Gelu, x: torch.Tensor) -> torch.Tensor:
    """y = x p, p the share of the normal distribution that lies below x"""
    return with_tails(partial(torch.nn.functional.gelu, approximate=operator.approximate), x)
