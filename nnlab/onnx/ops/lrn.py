"""LRN."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import elements
from nnlab.onnx.precision import like, wide


@OPERATORS.register("LRN", since=(1, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class LRN(Operator):
    """y[c] = x[c] / d[c]^beta,  d[c] = bias + alpha / size sum of x^2 over the `size` channels around c

    Shapes:  x, y: (batch, channels, *size)
    Gradient:  dx[c] = dy[c] d[c]^-beta - 2 alpha beta / size x[c] sum of dy y / d over those that have c around them
    Source:  Krizhevsky, Sutskever and Hinton, "ImageNet classification", 2012, section 3.3.
    """

    halves = "widened"

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    bias: float = 1.0

    def around(self, x: Array, *, before: int, after: int) -> Array:
        """The sum over the channels c - before .. c + after: a difference of two running sums."""
        pads = [(0, 0), (before + 1, after), *[(0, 0)] * (x.ndim - 2)]
        sums = np.pad(x.astype(np.float64), pads).cumsum(axis=1)
        around: Array = sums[:, before + after + 1 :] - sums[:, : x.shape[1]]
        return like(around, x)

    def _divisor(self, x: Array) -> Array:
        before, after = (self.size - 1) // 2, self.size // 2
        d = self.around(np.square(x), before=before, after=after)
        d *= self.alpha / self.size
        d += self.bias
        return d

    def forward(self, x: Array) -> Array:
        """y"""
        wide_x = wide(x)
        return like(wide_x * self._divisor(wide_x) ** -self.beta, x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        dy, x = wide(dys[0]), wide(inputs[0])
        d = self._divisor(x)
        power = d**-self.beta
        shared = self.around(dy * x * power / d, before=self.size // 2, after=(self.size - 1) // 2)
        return (like(dy * power - 2 * self.alpha * self.beta / self.size * x * shared, inputs[0]),)

    def most_elements(self, inputs: Values) -> float:
        """The channels, and before and after them as many as are summed; in float64."""
        x = inputs[0]
        return 4 * elements(x) / max(1, int(x.shape[1])) * (int(x.shape[1]) + abs(self.size))
