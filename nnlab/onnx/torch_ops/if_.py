"""If on torch."""

from collections.abc import Mapping
from typing import Any

import torch

from nnlab.onnx.ops.if_ import If
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(If)
def if_(operator: If, cond: torch.Tensor, *, scope: Mapping[str, Any]) -> tuple[Any, ...]:
    """One of two graphs."""
    return operator.branch(cond)(scope)
