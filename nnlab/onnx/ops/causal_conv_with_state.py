"""CausalConvWithState."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.convolution import Window, convolve, convolve_dw, convolve_dx
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.unary import times
from nnlab.onnx.precision import like, wide


@OPERATORS.register("CausalConvWithState", since=27)
@dataclass(frozen=True, kw_only=True, eq=False)
class CausalConvWithState(Operator):
    """y[n, c, t] = f(b[c] + sum over k of w[c, 0, k] s[n, c, t + k]),  s = past state, then x: only what came before t

    Shapes:  x, y: (batch, channels, length); w: (channels, 1, kernel); b: (channels,)
             states: (batch, channels, kernel - 1)
    Gradient:  with dz = dy f'(z): those of a depthwise convolution; what s gets is the past state's, then x's
    Options:  activation: none, or silu (swish): f(z) = z sigmoid(z).
    """

    halves = "widened"

    activation: str = "none"

    def _before(self, x: Array, w: Array, b: Array | None, past: Array | None) -> tuple[Array, Array, Window]:
        """s, z and the window."""
        if past is None:
            past = np.zeros((*x.shape[:2], w.shape[2] - 1), x.dtype)
        s = np.concatenate([past, x], axis=2)
        window = Window((w.shape[2],), (1,), (1,), ((0, 0),), groups=x.shape[1])
        return s, convolve(s, w, window, bias=b), window

    def forward(self, x: Array, w: Array, b: Array | None = None, past: Array | None = None) -> tuple[Array, Array]:
        """y and the state after it, the last of s"""
        s, z, _ = self._before(wide(x), wide(w), wide(b), wide(past))
        if self.activation != "none":
            below = 1 + np.exp(-z)
            z = np.where(np.isinf(below), 0, z / below).astype(z.dtype)
        return like(z, x), like(s[:, :, s.shape[2] - w.shape[2] + 1 :], x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dw, db and dpast"""
        x, w, b, past = map(wide, (*inputs, None, None)[:4])
        s, z, window = self._before(x, w, b, past)
        dz = np.zeros_like(z) if dys[0] is None else wide(dys[0])
        if self.activation != "none":
            gate = 1 / (1 + np.exp(-z))
            dz = dz * (gate + times(z * gate, 1 - gate))
        ds, kept = convolve_dx(dz, w, window, s.shape[2:]), w.shape[2] - 1
        if len(dys) > 1 and dys[1] is not None:
            ds[:, :, s.shape[2] - kept :] += dys[1]
        db, dpast = None if b is None else dz.sum(axis=(0, 2)), None if past is None else ds[:, :, :kept]
        grads = (ds[:, :, kept:], convolve_dw(dz, s, window), db, dpast)[: len(inputs)]
        return tuple(None if g is None else like(g, i) for g, i in zip(grads, inputs, strict=True))
