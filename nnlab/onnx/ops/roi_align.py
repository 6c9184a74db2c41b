"""RoiAlign."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.kernels.regions import Taps, taps
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import sampled_regions
from nnlab.onnx.precision import like, wide


@OPERATORS.register("RoiAlign", since=(10, 16, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class RoiAlign(Operator):
    """y[r, c] = A x[batch_indices[r], c] BT: a region divided into bins, each the mean of a grid of interpolated points

    The grid and the interpolation are products over the axes, so a matrix per axis says all: A[bin, row] is the mean,
    over the points of the bin, of the row's weight. With mode max: the largest weight times element that a bin meets.

    Shapes:  x: (batch, channels, height, width); rois: (regions, 4), x, y, x, y
             y: (regions, channels, output_height, output_width)
    Gradient:  dx += AT dy B; with mode max, to the element that was the largest. Regions have none, as in the paper.
    Options:  sampling_ratio: points per bin and axis, 0: as many as the bin has elements.
              coordinate_transformation_mode: half_pixel moves regions by half an element; version 10 does not.
    Source:  He et al., "Mask R-CNN", 2017, section 3.
    """

    halves = "widened"
    most_elements = sampled_regions

    coordinate_transformation_mode: str = "half_pixel"
    mode: str = "avg"
    output_height: int = 1
    output_width: int = 1
    sampling_ratio: int = 0
    spatial_scale: float = 1.0

    def taps(self, start: float, end: float, bins: int, size: int) -> Taps:
        """Along one axis: the two elements between which each point of each bin lies, and their weights."""
        moved = self.opset >= 16 and self.coordinate_transformation_mode == "half_pixel"
        start, end = (edge * self.spatial_scale - 0.5 * moved for edge in (start, end))
        extent = end - start if moved else max(end - start, 1.0)
        count = self.sampling_ratio or int(np.ceil(extent / bins))
        return taps(np.array(start), np.array(extent / bins), bins, count, size)

    def matrix(self, start: float, end: float, bins: int, size: int) -> Array:
        """The mean over each bin's points, as a matrix.  Shapes:  (bins, size)"""
        return self.taps(start, end, bins, size).matrix(size)

    def matrices(self, roi: Array, x: Array) -> tuple[Array, Array]:
        """A and B of a region, of x's type."""
        x1, y1, x2, y2 = (float(edge) for edge in roi)
        a = self.matrix(y1, y2, self.output_height, x.shape[2])
        return a.astype(x.dtype), self.matrix(x1, x2, self.output_width, x.shape[3]).astype(x.dtype)

    def candidates(self, roi: Array, x: Array) -> tuple[Array, Array]:
        """For mode max: where each bin's candidates are in a channel, and their weights.

        Shapes:  (output_height, output_width, candidates)
        """
        x1, y1, x2, y2 = (float(edge) for edge in roi)
        (rows, down), (columns, across) = (
            (part.reshape(len(part), -1) for part in (own.places, own.weights))
            for own in (
                self.taps(y1, y2, self.output_height, x.shape[2]),
                self.taps(x1, x2, self.output_width, x.shape[3]),
            )
        )
        places = rows[:, None, :, None] * x.shape[3] + columns[None, :, None, :]
        weights = down[:, None, :, None] * across[None, :, None, :]
        return places.reshape(*places.shape[:2], -1), weights.reshape(*weights.shape[:2], -1).astype(x.dtype)

    def forward(self, x: Array, rois: Array, batch_indices: Array) -> Array:
        """y"""
        wide_x, regions = wide(x), wide(rois)
        y = np.zeros((len(rois), x.shape[1], self.output_height, self.output_width), wide_x.dtype)
        for r, sample in enumerate(batch_indices):
            if self.mode == "avg":
                a, b = self.matrices(regions[r], wide_x)
                y[r] = matrix_product(matrix_product(a, wide_x[sample]), b.T)
            else:
                places, weights = self.candidates(regions[r], wide_x)
                if places.shape[-1]:
                    y[r] = (wide_x[sample].reshape(x.shape[1], -1)[:, places] * weights).max(axis=-1)
        return like(y, x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        dy, x, rois = wide(dys[0]), wide(inputs[0]), wide(inputs[1])
        dx = np.zeros(x.shape, x.dtype)
        for r, sample in enumerate(inputs[2]):
            if self.mode == "avg":
                a, b = self.matrices(rois[r], x)
                dx[sample] += matrix_product(matrix_product(a.T, dy[r]), b)
                continue
            places, weights = self.candidates(rois[r], x)
            if places.shape[-1]:
                chosen = (x[sample].reshape(x.shape[1], -1)[:, places] * weights).argmax(axis=-1)[..., None]
                where = np.take_along_axis(np.broadcast_to(places, (*chosen.shape[:-1], places.shape[-1])), chosen, -1)
                share = np.take_along_axis(np.broadcast_to(weights, (*chosen.shape[:-1], places.shape[-1])), chosen, -1)
                channels = np.arange(x.shape[1])[:, None, None]
                np.add.at(dx[sample].reshape(x.shape[1], -1), (channels, where[..., 0]), share[..., 0] * dy[r])
        return like(dx, inputs[0]), None, None
