"""InstanceNormalization."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.kernels.normalization import standardised, standardised_dx
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.precision import like, wide


@OPERATORS.register("InstanceNormalization", since=(6, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class InstanceNormalization(Operator):
    """y = scale n + shift,  n = x standardised over the positions of each sample's channel

    Shapes:  x, y: (batch, channels, *size); scale, shift: (channels,)
    Gradient:  dx = standardised_dx(dy scale);  dscale = sum of dy n;  dshift = sum of dy
    """

    weighted = True
    halves = "widened"

    epsilon: float = 1e-5

    def forward(self, x: Array, scale: Array, shift: Array) -> Array:
        """y"""
        shape = (-1, *[1] * (x.ndim - 2))
        y, _, _ = standardised(wide(x), range(2, x.ndim), self.epsilon)
        y *= wide(scale).reshape(shape)
        y += wide(shift).reshape(shape)
        return like(y, x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dscale and dshift"""
        dy, x, scale = wide(dys[0]), wide(inputs[0]), wide(inputs[1])
        axes, others = tuple(range(2, x.ndim)), (0, *range(2, x.ndim))
        n, _, inverse = standardised(x, axes, self.epsilon)
        dx = standardised_dx(dy * scale.reshape(-1, *[1] * len(axes)), n, inverse, axes)
        grads = dx, (dy * n).sum(axis=others), dy.sum(axis=others)
        return tuple(like(grad, given) for grad, given in zip(grads, inputs, strict=True))
