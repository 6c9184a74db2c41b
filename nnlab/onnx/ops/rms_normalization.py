"""RMSNormalization."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes, reduced_to
from nnlab.onnx.precision import like, wide


@OPERATORS.register("RMSNormalization", since=23)
@dataclass(frozen=True, kw_only=True, eq=False)
class RMSNormalization(Operator):
    """y = n scale,  n = x / sqrt(mean of x^2 + epsilon), the mean over the axes from `axis` on

    Shapes:  x, y: any; scale: broadcast to x
    Gradient:  with dn = dy scale: dx = (dn - n mean(dn n)) / root;  dscale = sum of dy n
    Source:  Zhang and Sennrich, "Root mean square layer normalization", 2019.
    """

    axis: int = -1
    epsilon: float = 1e-5
    stash_type: int = 1

    def axes(self, x: Array) -> tuple[int, ...]:
        """Over which the mean is."""
        return tuple(range(normalised_axes([self.axis], x.ndim)[0], x.ndim))

    def _normalised(self, x: Array) -> tuple[Array, Array]:
        root = np.sqrt(np.square(x).mean(axis=self.axes(x), keepdims=True) + self.epsilon).astype(x.dtype)
        return x / root, root

    def forward(self, x: Array, scale: Array) -> Array:
        """y, in the type of the scale"""
        n, _ = self._normalised(wide(x))
        return like(like(n, x) * scale, scale)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx and dscale"""
        dy, x, scale = wide(dys[0]), wide(inputs[0]), wide(inputs[1])
        n, root = self._normalised(x)
        dn = dy * scale
        dx = (dn - n * (dn * n).mean(axis=self.axes(x), keepdims=True)) / root
        return like(dx, inputs[0]), like(reduced_to(dy * n, scale.shape), inputs[1])
