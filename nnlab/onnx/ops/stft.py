"""STFT."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.dft import to_complex, to_pairs
from nnlab.onnx.ops.sizes import ints
from nnlab.onnx.precision import wide


@OPERATORS.register("STFT", since=17)
@dataclass(frozen=True, kw_only=True, eq=False)
class STFT(Operator):
    """The Fourier transform of every frame of a signal, weighted by a window.

    y[f, k] = sum over n of exp(-2 pi i k n / N) window[n] x[f frame_step + n],  N = frame_length

    Shapes:  x: (batch, signal, 1 or 2); window: (frame,); y: (batch, frames, frequencies, 2), the first
             frame // 2 + 1 of the frequencies when onesided
    Gradient:  dx = each frame's transposed sum, weighted, added where the frame was; dwindow = the same before it is
               weighted, times x
    """

    halves = "widened"

    onesided: int = 1

    def forward(
        self, x: Array, frame_step: Array, window: Array | None = None, frame_length: Array | None = None
    ) -> Array:
        """y"""
        places = self.places(x.shape, frame_step, window, frame_length)
        weights = np.ones(places.shape[1], x.dtype) if window is None else wide(window)
        y = np.fft.fft(to_complex(x)[:, places] * weights)
        return to_pairs(y[..., : self.frequencies(places.shape[1])], x.dtype)

    def places(self, shape: Shape, frame_step: Any, window: Any, frame_length: Any) -> Array:
        """(frames, frame): where in the signal each value of each frame lies."""
        length = shape[1] if window is None else window.shape[0]
        if frame_length is not None:
            length = int(frame_length.item())
        frames = 1 + (shape[1] - length) // int(frame_step.item())
        return np.arange(frames)[:, None] * int(frame_step.item()) + np.arange(length)

    def frequencies(self, length: int) -> int:
        """How many are given."""
        return length // 2 + 1 if self.onesided else length

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dwindow"""
        (dy,), (x, step, window, length) = dys, (*inputs, None, None)[:4]
        assert dy is not None
        places = self.places(x.shape, step, window, length)
        weights = np.ones(places.shape[1], x.dtype) if window is None else wide(window)
        dframes = np.fft.ifft(to_complex(dy), places.shape[1]) * places.shape[1]
        dz = np.zeros(x.shape[:2], dframes.dtype)
        np.add.at(dz.T, places, np.moveaxis(dframes * weights, 0, -1))
        dx = dz.real[..., None] if x.shape[-1] == 1 else to_pairs(dz, x.dtype)
        dwindow = None
        if window is not None:
            dwindow = (dframes.conj() * to_complex(x)[:, places]).real.sum(axis=(0, 1)).astype(window.dtype)
        return (dx.astype(x.dtype), None, dwindow, None)[: len(inputs)]

    def most_elements(self, inputs: Values) -> float:
        """Complex frames at every step."""
        signal, step = inputs[0], max(1, ints(inputs[1])[0])
        frame = ints(inputs[3])[0] if len(inputs) > 3 and inputs[3] is not None else int(inputs[2].shape[0])
        return 2 * int(signal.shape[0]) * (int(signal.shape[1]) / step + 1) * frame
