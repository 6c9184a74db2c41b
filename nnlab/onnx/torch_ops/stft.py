"""STFT on torch."""

import torch

from nnlab.onnx.ops.stft import STFT
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.dft import to_complex


@TORCH_OPERATORS.register(STFT)
def stft(
    operator: STFT,
    x: torch.Tensor,
    frame_step: torch.Tensor,
    window: torch.Tensor | None = None,
    frame_length: torch.Tensor | None = None,
) -> torch.Tensor:
    """The Fourier transform of every frame of a signal."""
    places = torch.from_numpy(operator.places(tuple(x.shape), frame_step, window, frame_length))
    frames = to_complex(x)[:, places]
    y = torch.fft.fft(frames if window is None else frames * window)
    return torch.view_as_real(y[..., : operator.frequencies(places.shape[1])]).to(x.dtype)
