"""What reductions share on torch."""

from collections.abc import Callable

import torch

from nnlab.onnx.ops.reduction import Reduction


def reduced(
    operator: Reduction,
    x: torch.Tensor,
    axes: torch.Tensor | None,
    reduce: Callable[[torch.Tensor, tuple[int, ...]], torch.Tensor],
) -> torch.Tensor:
    """What `reduce` makes of the axes that the operator means; it keeps them with size 1."""
    over = operator.over(x.ndim, axes)
    y = reduce(x, over).to(x.dtype)
    return y if operator.keepdims else y.reshape([size for axis, size in enumerate(y.shape) if axis not in over])


def total(x: torch.Tensor, over: tuple[int, ...]) -> torch.Tensor:
    """The sum; torch takes no axes for all of them."""
    return x.sum(dim=over, keepdim=True) if over else x
