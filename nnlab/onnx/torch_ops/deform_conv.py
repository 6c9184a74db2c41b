"""DeformConv on torch."""

import math

import numpy as np
import torch
from torch.nn import functional

from nnlab.core.errors import UsageError
from nnlab.kernels.convolution import Window
from nnlab.onnx.ops.deform_conv import DeformConv
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(DeformConv)
def deform_conv(
    operator: DeformConv,
    x: torch.Tensor,
    w: torch.Tensor,
    offset: torch.Tensor,
    b: torch.Tensor | None = None,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """What each kernel element meets, by torch's grid_sample, then a product.

    Raises:  UsageError: for other than two or three axes, which grid_sample does not take.
    """
    if x.ndim not in {4, 5}:
        raise UsageError(f"DeformConv over {x.ndim - 2} axes is not there on torch; use --engine=numpy")
    window = operator.window(x.shape[2:], w.shape[2:])
    split = x.reshape(len(x) * operator.offset_group, -1, *x.shape[2:])
    grid = _grid(operator, window, tuple(x.shape[2:]), offset)
    met = functional.grid_sample(split, grid, align_corners=True).flatten(2)
    columns = met if mask is None else met * mask.reshape(len(met), 1, -1)
    grouped = columns.reshape(len(x), operator.group, -1, columns.shape[2] // math.prod(window.kernel))
    y = (w.reshape(operator.group, len(w) // operator.group, -1) @ grouped).reshape(len(x), len(w), *offset.shape[2:])
    return y if b is None else y + b.reshape(-1, *[1] * (x.ndim - 2))


def _grid(operator: DeformConv, window: Window, size: tuple[int, ...], offset: torch.Tensor) -> torch.Tensor:
    """Where to look, from -1 to 1, the last axis first; kernel elements stand before the rows of the first axis."""
    out, rank, elements = offset.shape[2:], len(size), math.prod(window.kernel)
    moved = offset.reshape(-1, elements, rank, *out)
    kernel = np.unravel_index(np.arange(elements), window.kernel)
    axes = []
    for axis in range(rank):
        starts = torch.arange(out[axis]) * window.strides[axis] - window.pads[axis][0]
        element = torch.from_numpy(kernel[axis]) * window.dilations[axis]
        base = starts.reshape(-1, *[1] * (rank - axis - 1)) + element.reshape(-1, *[1] * rank)
        axes.append((moved[:, :, axis] + base) * 2 / max(size[axis] - 1, 1) - 1)
    return torch.stack(axes[::-1], dim=-1).flatten(1, 2)
