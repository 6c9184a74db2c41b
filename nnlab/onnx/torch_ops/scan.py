"""Scan on torch."""

from collections.abc import Mapping
from typing import Any

import torch

from nnlab.onnx.ops.scan import Scan
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.loop import stack


@TORCH_OPERATORS.register(Scan)
def scan(operator: Scan, *inputs: Any, scope: Mapping[str, Any]) -> tuple[Any, ...]:
    """A graph that walks along an axis of its scan inputs."""
    return operator.run(inputs, scope, stack, torch.movedim, torch.flip)
