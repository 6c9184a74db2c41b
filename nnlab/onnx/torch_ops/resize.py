"""Resize on torch."""

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from nnlab.onnx.ops.resize import Resampling, Resize
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

ALIGNED = {"half_pixel": False, "pytorch_half_pixel": False, "align_corners": True}
"""Coordinates that torch's own interpolation has: its align_corners."""


@TORCH_OPERATORS.register(Resize)
def resize(operator: Resize, x: torch.Tensor, *more: torch.Tensor | None) -> torch.Tensor:
    """torch's own where it is the same; otherwise the weighted sums, axis by axis, on torch."""
    roi, scales, sizes = (*(None if m is None else m.detach().numpy() for m in more), None, None, None)[:3]
    plan = operator.plan(x.shape, roi, scales, sizes)
    own = _torchs_own(operator, x, plan)
    if own is not None:
        return own
    y = x if x.is_floating_point() or operator.mode == "nearest" else x.double()
    for step in plan:
        y = _resampled(y, step)
    for step in plan:
        if step.outside is not None:
            shape = (-1, *[1] * (x.ndim - step.axis - 1))
            y = torch.where(torch.from_numpy(step.outside).reshape(shape), operator.extrapolation_value, y)
    if not x.dtype.is_floating_point and y.dtype != x.dtype:
        y = y.clamp(torch.iinfo(x.dtype).min, torch.iinfo(x.dtype).max)
    return y.to(x.dtype)


def _resampled(x: torch.Tensor, step: Resampling) -> torch.Tensor:
    weights: Any = torch.from_numpy(step.weights)
    parts = []
    for tap in range(step.places.shape[1]):
        met = x.index_select(step.axis, torch.from_numpy(step.places[:, tap].astype(np.int64)))
        share = weights[:, tap].to(x.dtype).reshape(-1, *[1] * (x.ndim - step.axis - 1))
        parts.append(met if bool((share == 1).all()) else met * share)
    return sum(parts[1:], parts[0])


def _torchs_own(operator: Resize, x: torch.Tensor, plan: list[Resampling]) -> torch.Tensor | None:
    """torch's bilinear interpolation, for images whose height and width get sizes; None where it is not the same."""
    simple = operator.mode == "linear" and operator.coordinate_transformation_mode in ALIGNED
    if not simple or operator.antialias or operator.exclude_outside or x.ndim != 4 or not x.is_floating_point():
        return None
    plan = sorted(plan, key=lambda step: step.axis)
    out = [len(step.places) for step in plan]
    if [step.axis for step in plan] != [2, 3] or operator.opset == 10 or 1 in out:
        return None
    if any(n != x.shape[step.axis] * step.scale for n, step in zip(out, plan, strict=True)):
        return None  # a scale that leaves a fraction of an element over
    return functional.interpolate(
        x, size=out, mode="bilinear", align_corners=ALIGNED[operator.coordinate_transformation_mode]
    )
