"""RotaryEmbedding."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.precision import like, wide


@OPERATORS.register("RotaryEmbedding", since=23)
@dataclass(frozen=True, kw_only=True, eq=False)
class RotaryEmbedding(Operator):
    """Pairs (u, v) of each head are turned by an angle that grows with the position: (u cos - v sin, u sin + v cos)

    Shapes:  x, y: (batch, heads, length, features), or (batch, length, heads features); angles: half of those turned
             cos, sin: (positions, angles) with position_ids (batch, length); without: (batch, length, angles)
    Gradient:  dx: turned back;  dcos = du u + dv v;  dsin = dv u - du v, summed over the heads
    Options:  interleaved: 1: pairs are neighbours; 0: the first half with the second.
              rotary_embedding_dim: how many features are turned, the first; 0 for all.
    Source:  Su et al., "RoFormer", 2021, equation 34.
    """

    halves = "widened"

    interleaved: int = 0
    num_heads: int = 0
    rotary_embedding_dim: int = 0

    def heads(self, x: Any) -> Any:
        """x as (batch, length, heads, features), on either engine."""
        return x.swapaxes(1, 2) if x.ndim == 4 else x.reshape(*x.shape[:2], self.num_heads, -1)

    def pairs(self, features: int) -> tuple[Any, Any]:
        """Where the first and the second of each pair are, as indices."""
        turned = self.rotary_embedding_dim or features
        if self.interleaved:
            return (..., slice(0, turned, 2)), (..., slice(1, turned, 2))
        return (..., slice(0, turned // 2)), (..., slice(turned // 2, turned))

    def forward(self, x: Array, cos: Array, sin: Array, positions: Array | None = None) -> Array:
        """y"""
        c, s = (wide(cache if positions is None else cache[positions])[:, :, None] for cache in (cos, sin))
        return self._turned(wide(x), c, s).astype(x.dtype, copy=False)

    def _turned(self, x: Array, c: Array, s: Array) -> Array:
        y = x.copy()
        own, out = self.heads(x), self.heads(y)
        first, second = self.pairs(own.shape[-1])
        out[first] = own[first] * c - own[second] * s
        out[second] = own[first] * s + own[second] * c
        return y

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dcos and dsin"""
        dy, x, positions = wide(dys[0]), wide(inputs[0]), inputs[3] if len(inputs) > 3 else None
        c, s = (wide(cache if positions is None else cache[positions])[:, :, None] for cache in inputs[1:3])
        own, given = self.heads(x), self.heads(dy)
        first, second = self.pairs(own.shape[-1])
        dcos = (given[first] * own[first] + given[second] * own[second]).sum(axis=2)
        dsin = (given[second] * own[first] - given[first] * own[second]).sum(axis=2)
        caches = []
        for cache, grad in zip(inputs[1:3], (dcos, dsin), strict=True):
            full = grad
            if positions is not None:
                full = np.zeros(cache.shape, grad.dtype)
                np.add.at(full, positions, grad)
            caches.append(like(full, cache))
        return like(self._turned(dy, c, -s), inputs[0]), *caches, *[None] * (len(inputs) - 3)
