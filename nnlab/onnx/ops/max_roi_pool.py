"""MaxRoiPool."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import sampled_regions


@OPERATORS.register("MaxRoiPool", since=(1, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class MaxRoiPool(Operator):
    """y[r, c] = the largest of x in each bin of a region, whose edges are rounded to whole elements; 0 in an empty bin

    Shapes:  x: (batch, channels, height, width); rois: (regions, 5), sample, x, y, x, y
             y: (regions, channels, *pooled_shape)
    Gradient:  dx = dy where the largest was; regions have none
    Source:  Girshick, "Fast R-CNN", 2015, section 2.1.
    """

    halves = "widened"
    most_elements = sampled_regions

    pooled_shape: tuple[int, ...]
    spatial_scale: float = 1.0

    def bins(self, rois: Array, x: Array) -> Iterator[tuple[int, int, tuple[int, int], Any]]:
        """Region, sample, bin, and the elements of it (of a region's rows and columns)."""
        for r, (sample, *edges) in enumerate(rois.astype(np.float64)):
            x1, y1, x2, y2 = (int(np.floor(edge * self.spatial_scale + 0.5)) for edge in edges)
            rows = self._slices(y1, y2, self.pooled_shape[0], x.shape[2])
            columns = self._slices(x1, x2, self.pooled_shape[1], x.shape[3])
            for i, j in np.ndindex(*self.pooled_shape):
                yield r, int(sample), (i, j), (slice(None), rows[i], columns[j])

    def _slices(self, first: int, last: int, bins: int, size: int) -> list[slice]:
        step = max(last - first + 1, 1) / bins
        edges = [(int(np.floor(b * step)) + first, int(np.ceil((b + 1) * step)) + first) for b in range(bins)]
        return [slice(min(max(low, 0), size), min(max(high, 0), size)) for low, high in edges]

    def forward(self, x: Array, rois: Array) -> Array:
        """y"""
        y = np.zeros((len(rois), x.shape[1], *self.pooled_shape), x.dtype)
        for r, sample, (i, j), where in self.bins(rois, x):
            met = x[sample][where]
            if met.size:
                y[r, :, i, j] = met.max(axis=(1, 2))
        return y

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, rois) = dys, inputs
        assert dy is not None
        dx = np.zeros_like(x)
        for r, sample, (i, j), where in self.bins(rois, x):
            met = x[sample][where]
            if met.size:
                row, column = np.unravel_index(met.reshape(len(met), -1).argmax(axis=1), met.shape[1:])
                dx[sample][where][np.arange(len(met)), row, column] += dy[r, :, i, j]
        return dx, None
