"""Loop on torch."""

from collections.abc import Mapping
from typing import Any

import torch

from nnlab.onnx.ops.loop import Loop
from nnlab.onnx.torch_ops.arrays import to_tensor
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Loop)
def loop(
    operator: Loop,
    trips: torch.Tensor | None = None,
    cond: torch.Tensor | None = None,
    *carried: Any,
    scope: Mapping[str, Any],
) -> tuple[Any, ...]:
    """A graph that runs again and again."""
    return operator.run(trips, cond, carried, scope, stack)


def stack(values: list[Any]) -> torch.Tensor:
    """The values of all turns along a new first axis."""
    return torch.stack([to_tensor(value) for value in values])
