"""MaxUnpool."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import upsampled_images


@OPERATORS.register("MaxUnpool", since=(9, 11, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class MaxUnpool(Operator):
    """y[indices] = x, 0 elsewhere: what MaxPool took, put back to where it came from.

    Shapes:  x, indices: (batch, channels, *size); y: (batch, channels, *out_size) with
             out_size = strides (size - 1) + kernel - pads; a larger output_shape adds zeros after the end
    Gradient:  dx = dy[indices]
    """

    most_elements = upsampled_images

    kernel_shape: tuple[int, ...]
    pads: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()

    def full(self, size: Shape) -> Shape:
        """The size of what the indices count through."""
        rank = len(size)
        strides, pads = self.strides or (1,) * rank, self.pads or (0,) * 2 * rank
        return tuple(
            (n - 1) * strides[axis] + self.kernel_shape[axis] - pads[axis] - pads[rank + axis]
            for axis, n in enumerate(size)
        )

    def forward(self, x: Array, indices: Array, output_shape: Array | None = None) -> Array:
        """y"""
        own = (*x.shape[:2], *self.full(x.shape[2:]))
        y = np.zeros(own, x.dtype)
        y.reshape(-1)[indices.reshape(-1)] = x.reshape(-1)
        if output_shape is None or tuple(output_shape) == own:
            return y
        larger = np.zeros(tuple(output_shape), x.dtype)
        larger[tuple(map(slice, own))] = y
        return larger

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), x, indices = dys, inputs[0], inputs[1]
        assert dy is not None
        own = (*x.shape[:2], *self.full(x.shape[2:]))
        dx: Array = dy[tuple(map(slice, own))].reshape(-1)[indices.reshape(-1)].reshape(x.shape)
        return (dx, *[None] * (len(inputs) - 1))
