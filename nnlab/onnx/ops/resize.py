"""Resize."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import UsageError
from nnlab.core.types import Array
from nnlab.kernels.resample import resample, turned
from nnlab.kernels.resizing import Axis, filtered, nearest, points
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes
from nnlab.onnx.ops.sizes import resized
from nnlab.onnx.precision import is_half


@dataclass(frozen=True)
class Resampling:
    """What happens to one axis: the sums, and which output elements lie outside the input instead."""

    axis: int
    scale: float
    places: Array
    weights: Array
    outside: Array | None


@OPERATORS.register("Resize", since=(10, 11, 13, 18, 19))
@dataclass(frozen=True, kw_only=True, eq=False)
class Resize(Operator):
    """y: x resampled along each axis whose size changes, one after the other (kernels/resizing.py says from where)

    Shapes:  x: any; roi: (starts and ends of all axes,); scales, sizes: (axes,); y: floor(size scale), or sizes
    Gradient:  dx: the transposed sums, axis by axis;  where y is extrapolation_value: 0
    Options:  axes: those that roi, scales and sizes are about.
              keep_aspect_ratio_policy: stretch takes sizes as they are, not_larger and not_smaller one scale for all.
              Version 10 has `asymmetric` coordinates and rounds down.
    """

    fixed = (1, 2, 3)
    halves = "widened"
    most_elements = resized

    antialias: int = 0
    axes: tuple[int, ...] = ()
    coordinate_transformation_mode: str = "half_pixel"
    cubic_coeff_a: float = -0.75
    exclude_outside: int = 0
    extrapolation_value: float = 0.0
    keep_aspect_ratio_policy: str = "stretch"
    mode: str = "nearest"
    nearest_mode: str = "round_prefer_floor"

    def plan(self, shape: Sequence[int], roi: Any, scales: Any, sizes: Any) -> list[Resampling]:
        """What happens to which axes, for an input of this shape: what makes it smaller first, last axes first."""
        if self.opset == 10:  # x, scales
            roi, scales = None, roi
        axes = normalised_axes(self.axes or range(len(shape)), len(shape))
        crops = self.coordinate_transformation_mode == "tf_crop_and_resize" and roi is not None
        ends = np.asarray(roi, np.float64).reshape(2, -1) if crops else np.array([[0.0], [1.0]]).repeat(len(axes), 1)
        found = []
        for place, (out, scale) in enumerate(self._sizes([shape[axis] for axis in axes], scales, sizes, ends)):
            start, end = ends[:, place]
            whole = (start, end) == (0, 1)
            if whole and scale == 1 and out == shape[axes[place]]:
                continue
            one = Axis(size=shape[axes[place]], out=out, scale=scale, start=start, end=end)
            found.append(self._resampling(axes[place], one))
        return sorted(found, key=lambda step: (len(step.places) / shape[step.axis], -step.axis))

    def _sizes(self, shape: list[int], scales: Any, sizes: Any, ends: Array) -> list[tuple[int, float]]:
        """Of each of the axes, how many elements it gets and its scale."""
        if scales is not None and np.size(scales):
            parts = (ends[1] - ends[0]) * np.asarray(scales, np.float32).astype(np.float64)
            counts = [int(np.floor(n * part)) for n, part in zip(shape, parts, strict=True)]
            return [(out, float(scale)) for out, scale in zip(counts, np.asarray(scales, np.float32), strict=True)]
        if sizes is None or not np.size(sizes):
            raise UsageError("Resize has neither scales nor sizes")
        wanted = [int(size) for size in sizes]
        each = [out / n for out, n in zip(wanted, shape, strict=True)]
        if self.keep_aspect_ratio_policy == "stretch":
            return list(zip(wanted, each, strict=True))
        scale = min(each) if self.keep_aspect_ratio_policy == "not_larger" else max(each)
        return [(int(np.floor(scale * n + 0.5)), scale) for n in shape]

    def _resampling(self, place: int, axis: Axis) -> Resampling:
        transformation = "asymmetric" if self.opset == 10 else self.coordinate_transformation_mode
        at = points(axis, transformation)
        if self.mode == "nearest":
            places, weights = nearest(at, axis.size, "floor" if self.opset == 10 else self.nearest_mode)
        else:
            places, weights = filtered(
                at,
                axis,
                self.mode,
                a=self.cubic_coeff_a,
                antialias=bool(self.antialias),
                exclude_outside=bool(self.exclude_outside),
            )
        outside = (at < 0) | (at > axis.size - 1) if transformation == "tf_crop_and_resize" else None
        return Resampling(
            place, axis.scale, places, weights, outside if outside is not None and outside.any() else None
        )

    def forward(self, x: Array, roi: Any = None, scales: Any = None, sizes: Any = None) -> Array:
        """y"""
        exact = self.mode == "nearest" or x.dtype.name in {"float32", "float64"}
        y = x if exact else x.astype(np.float32 if is_half(x) else np.float64)
        plan = self.plan(x.shape, roi, scales, sizes)
        for step in plan:
            y = resample(y, step.axis, step.places, step.weights)
        for step in plan:
            if step.outside is not None:
                y[(slice(None),) * step.axis + (step.outside,)] = self.extrapolation_value
        if x.dtype.kind in "iu" and not exact:
            limits = np.iinfo(x.dtype)
            y = np.clip(y, limits.min, limits.max)
        return y.astype(x.dtype, copy=y is x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        x, roi, scales, sizes = (*inputs, None, None, None)[:4]
        assert dys[0] is not None
        dx = dys[0].astype(np.float32) if is_half(x) else dys[0]
        plan = self.plan(x.shape, roi, scales, sizes)
        for step in plan:
            if step.outside is not None:
                dx = dx * ~step.outside.reshape(-1, *[1] * (x.ndim - step.axis - 1))
        for step in reversed(plan):
            dx = resample(dx, step.axis, *turned(step.places, step.weights, x.shape[step.axis]))
        return (dx.astype(x.dtype, copy=False), *[None] * (len(inputs) - 1))
