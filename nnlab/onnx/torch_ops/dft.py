"""DFT on torch."""

import torch

from nnlab.onnx.ops.dft import DFT
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(DFT)
def dft(
    operator: DFT, x: torch.Tensor, dft_length: torch.Tensor | None = None, axis: torch.Tensor | None = None
) -> torch.Tensor:
    """The discrete Fourier transform along an axis, or its inverse."""
    along, length = operator.places(tuple(x.shape), dft_length, axis)
    z = to_complex(x)
    if operator.inverse and operator.onesided:
        return torch.fft.irfft(z, length, along)[..., None]
    y = torch.fft.ifft(z, length, along) if operator.inverse else torch.fft.fft(z, length, along)
    return torch.view_as_real(y.narrow(along, 0, length // 2 + 1) if operator.onesided else y).to(x.dtype)


def to_complex(x: torch.Tensor) -> torch.Tensor:
    """Numbers whose last axis is (real,) or (real, imaginary) as complex ones."""
    return torch.complex(x[..., 0], x[..., 1] if x.shape[-1] == 2 else torch.zeros_like(x[..., 0]))
