"""Encode: uint8 pixels become what a network reads."""

import numpy as np
import numpy.typing as npt

from nnlab.core.types import Array, Shape
from nnlab.data.scaling import Scaling


def sample_shape(pixel_shape: Shape, flatten: bool) -> Shape:
    """The shape of one encoded sample, from (height, width, channels)."""
    return (int(np.prod(pixel_shape)),) if flatten else tuple(pixel_shape)


def encode_pixels(
    pixels: Array,
    dtype: npt.DTypeLike,
    flatten: bool,
    input_range: tuple[float, float] = (0.0, 1.0),
    scaling: Scaling | None = None,
) -> Array:
    """factor x + shift: low + (high - low) x / 255, or what another scaling says

    Shapes:  pixels: (batch, height, width, channels) uint8; result: (batch, features) or that shape
    Options:  input_range: low and high, what 0 and 255 become.  scaling: counts instead, where it is given.
    """
    scaling = scaling or Scaling.of_range(*input_range)
    encoded: Array = np.multiply(pixels, np.asarray(scaling.factor, dtype), dtype=dtype)
    if any(scaling.shift):
        encoded += np.asarray(scaling.shift, dtype)
    return encoded.reshape(len(pixels), *sample_shape(pixels.shape[1:], flatten))
