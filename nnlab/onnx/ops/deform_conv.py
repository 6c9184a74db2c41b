"""DeformConv."""

from dataclasses import dataclass
from math import prod

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.convolution import Window
from nnlab.kernels.product import matrix_product
from nnlab.kernels.sampling import Taps, sample, sample_dat, sample_dx, taps
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.windowed import Windowed
from nnlab.onnx.precision import like, wide


@OPERATORS.register("DeformConv", since=(19, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class DeformConv(Windowed):
    """y[n, m, o] = b[m] + sum over c, k of w[m, c, k] mask[n, k, o] x[n, c, at],  at = Conv's place + offset[n, k, o]

    Each kernel element looks where its offset says, between elements of x too (linearly; 0 beyond the ends).

    Shapes:  x: (batch, channels, *size); w: (maps, channels / group, *kernel); y: (batch, maps, *out_size)
             mask: (batch, offset_group kernel, *out_size); offset: (batch, offset_group kernel axes, *out_size)
    Gradient:  dcols = wT dy;  dmask = sum over channels of dcols x;  dx and doffset: those of sampling, of dcols mask
    Source:  Zhu et al., "Deformable ConvNets v2", 2018, equation 1.
    """

    group: int = 1
    offset_group: int = 1

    def taps(self, x: Array, window: Window, offset: Array) -> list[Taps]:
        """Where to look, per axis, for every kernel element and output position.

        Shapes:  batch: that of x times offset_group; points: kernel elements times output positions
        """
        out, rank = offset.shape[2:], x.ndim - 2
        moved = offset.reshape(len(x) * self.offset_group, prod(window.kernel), rank, *out)
        elements = np.stack(np.unravel_index(np.arange(prod(window.kernel)), window.kernel), axis=-1)
        found = []
        for axis in range(rank):
            starts = np.arange(out[axis]) * window.strides[axis] - window.pads[axis][0]
            base = starts.reshape(-1, *[1] * (rank - axis - 1))
            element = (elements[:, axis] * window.dilations[axis]).reshape(-1, *[1] * rank)
            at = (moved[:, :, axis] + base + element).astype(x.dtype).reshape(len(moved), -1)
            found.append(taps(at, x.shape[2 + axis], "linear", "zeros", align_corners=True))
        return found

    def _columns(self, x: Array, window: Window, offset: Array, mask: Array | None) -> tuple[Array, Array, list[Taps]]:
        """What the kernel elements meet, before and after the mask, and where that is.

        Shapes:  met, columns: (batch offset_group, channels / offset_group, kernel elements times output positions)
        """
        axes = self.taps(x, window, offset)
        met = sample(self._split(x), axes)
        return met, met if mask is None else met * mask.reshape(len(met), 1, -1), axes

    def _split(self, x: Array) -> Array:
        """x with its offset groups among the samples."""
        return x.reshape(len(x) * self.offset_group, -1, *x.shape[2:])

    def _grouped(self, columns: Array, x: Array, window: Window) -> Array:
        """(batch, group, channels / group times kernel elements, output positions)"""
        positions = columns.shape[2] // prod(window.kernel)
        return columns.reshape(len(x), self.group, -1, positions)

    def forward(self, x: Array, w: Array, offset: Array, b: Array | None = None, mask: Array | None = None) -> Array:
        """y"""
        window = self.window(x.shape[2:], w.shape[2:])
        _, columns, _ = self._columns(wide(x), window, wide(offset), wide(mask))
        flat_w = wide(w).reshape(self.group, len(w) // self.group, -1)
        y = matrix_product(flat_w, self._grouped(columns, x, window))
        y = y.reshape(len(x), len(w), *offset.shape[2:])
        return like(y if b is None else y + wide(b).reshape(-1, *[1] * (x.ndim - 2)), x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dw, doffset, db and dmask"""
        dy, (x, w, offset, b, mask) = wide(dys[0]), map(wide, (*inputs, None, None)[:5])
        window = self.window(x.shape[2:], w.shape[2:])
        met, columns, axes = self._columns(x, window, offset, mask)
        flat_w = w.reshape(self.group, len(w) // self.group, -1)
        flat_dy = dy.reshape(len(x), self.group, flat_w.shape[1], -1)
        dw = np.einsum("ngmo,ngko->gmk", flat_dy, self._grouped(columns, x, window)).reshape(w.shape)
        dcolumns = matrix_product(flat_w.swapaxes(1, 2), flat_dy).reshape(met.shape)
        dmask = None if mask is None else (dcolumns * met).sum(axis=1).reshape(mask.shape)
        dmet = dcolumns if mask is None else dcolumns * mask.reshape(len(met), 1, -1)
        dat = np.stack(sample_dat(dmet, self._split(x), axes), axis=1)
        rank, elements = len(axes), prod(window.kernel)
        doffset = dat.reshape(len(met), rank, elements, -1).swapaxes(1, 2).reshape(offset.shape)
        dx = sample_dx(dmet, self._split(x).shape, axes).reshape(x.shape)
        db = None if b is None else dy.sum(axis=(0, *range(2, dy.ndim)))
        grads = (dx, dw, doffset, db, dmask)[: len(inputs)]
        return tuple(None if g is None else like(g, i) for g, i in zip(grads, inputs, strict=True))
