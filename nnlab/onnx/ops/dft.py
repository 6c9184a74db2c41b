"""DFT."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes
from nnlab.onnx.ops.sizes import elements, ints
from nnlab.onnx.precision import wide


@OPERATORS.register("DFT", since=(17, 20))
@dataclass(frozen=True, kw_only=True, eq=False)
class DFT(Operator):
    """The discrete Fourier transform along an axis, or its inverse; complex numbers are a last axis of two.

    y[k] = sum over n of exp(-2 pi i k n / N) x[n];  inverse: exp(+...), divided by N

    x is cut or filled with zeros to dft_length = N. onesided gives the first N // 2 + 1 frequencies, all there is to
    know of real x; its inverse takes these and gives real numbers. The axis is an input from version 20 on.

    Gradient:  the transposed sum: dx[n] = sum over k of exp(+2 pi i k n / N) dy[k]
    """

    halves = "widened"

    axis: int = 1
    inverse: int = 0
    onesided: int = 0

    def forward(self, x: Array, dft_length: Array | None = None, axis: Array | None = None) -> Array:
        """y"""
        along, length = self.places(x.shape, dft_length, axis)
        z = to_complex(x)
        if self.inverse and self.onesided:
            return np.fft.irfft(z, length, along)[..., None].astype(x.dtype)
        y = np.fft.ifft(z, length, along) if self.inverse else np.fft.fft(z, length, along)
        if self.onesided:
            y = y.take(np.arange(length // 2 + 1), along)
        return to_pairs(y, x.dtype)

    def places(self, shape: Shape, dft_length: Any, axis: Any) -> tuple[int, int]:
        """The axis and N."""
        asked = int(axis.item()) if axis is not None else -2 if self.opset >= 20 else self.axis
        (along,) = normalised_axes((asked,), len(shape))
        if dft_length is not None:
            return along, int(dft_length.item())
        return along, 2 * (shape[along] - 1) if self.inverse and self.onesided else shape[along]

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, dft_length, axis) = dys, (*inputs, None, None)[:3]
        assert dy is not None
        along, length = self.places(x.shape, dft_length, axis)
        if self.inverse and self.onesided:
            dz = np.fft.rfft(dy[..., 0], length, along) / length
            twice = np.full(length // 2 + 1, 2.0)
            twice[[0] if length % 2 else [0, -1]] = 1  # the frequencies that are their own mirror image
            dz = dz * twice.reshape(-1, *(1,) * (dz.ndim - 1 - along))
        elif self.inverse:
            dz = np.fft.fft(to_complex(dy), length, along) / length
        else:
            dz = np.fft.ifft(to_complex(dy), length, along) * length  # those cut off by onesided are filled with 0
        kept = min(length, x.shape[along], dz.shape[along])
        dx = np.zeros(x.shape[:-1], dz.dtype)
        np.moveaxis(dx, along, 0)[:kept] = np.moveaxis(dz, along, 0)[:kept]
        real = dx.real[..., None].astype(x.dtype)
        return (real if x.shape[-1] == 1 else to_pairs(dx, x.dtype), *(None for _ in inputs[1:]))

    def most_elements(self, inputs: Values) -> float:
        """Complex, the axis as long as asked."""
        x = inputs[0]
        length = max(ints(inputs[1])) if len(inputs) > 1 and inputs[1] is not None else 1
        most: float = 2 * elements(x) * max(1.0, length / max(1, min(x.shape[1:-1] or x.shape)))
        return most


def to_complex(x: Array) -> Array:
    """Numbers whose last axis is (real,) or (real, imaginary) as complex ones."""
    x = wide(x)
    return x[..., 0] if x.shape[-1] == 1 else x[..., 0] + 1j * x[..., 1]


def to_pairs(z: Array, dtype: Any) -> Array:
    """Complex numbers with a last axis of real and imaginary part."""
    return np.stack([z.real, z.imag], -1).astype(dtype)
