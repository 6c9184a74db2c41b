"""What QuantizeLinear and DequantizeLinear share: scales of one tensor, of an axis, or of blocks along an axis."""

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import normalised_axes


def spread(scale: Array, shape: Shape, axis: int, block_size: int) -> Array:
    """A scale so that it broadcasts to x's shape.

    Shapes:  scale: () or (1,); or (x's size along the axis,); or x's, with ceil(size / block_size) along the axis
    """
    if scale.ndim <= 1 and scale.size == 1:
        return scale.reshape(())
    (axis,) = normalised_axes((axis,), len(shape))
    if scale.ndim == 1 and not block_size:
        return scale.reshape([-1 if place == axis else 1 for place in range(len(shape))])
    repeated = np.repeat(scale, block_size or -(-shape[axis] // scale.shape[axis]), axis=axis)
    return np.take(repeated, np.arange(shape[axis]), axis=axis)


def gathered(gradient: Array, shape: Shape, axis: int, block_size: int) -> Array:
    """The gradient of a scale from that of what it was spread to: sums over all that it was used for."""
    if len(shape) <= 1 and int(np.prod(shape)) == 1:
        return np.asarray(gradient.sum()).reshape(shape)
    (axis,) = normalised_axes((axis,), gradient.ndim)
    if len(shape) == 1 and not block_size:
        return np.asarray(gradient.sum(axis=tuple(place for place in range(gradient.ndim) if place != axis)))
    size = gradient.shape[axis]
    starts = np.arange(0, size, block_size or -(-size // shape[axis]))
    return np.add.reduceat(gradient, starts, axis=axis)
