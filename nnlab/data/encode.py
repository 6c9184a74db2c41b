"""Encode: uint8 pixels become what a network reads."""

import numpy as np
import numpy.typing as npt

from nnlab.core.types import Array, Shape
from nnlab.data.scaling import UNIT, Scaling


def sample_shape(pixel_shape: Shape, flatten: bool) -> Shape:
    """The shape of one encoded sample, from (height, width, channels)."""
    return (int(np.prod(pixel_shape)),) if flatten else tuple(pixel_shape)


def encode_pixels(
    pixels: Array,
    dtype: npt.DTypeLike,
    flatten: bool,
    scaling: Scaling = UNIT,
) -> Array:
    """factor x + shift, by the scaling: unless it says something else, x / 255

    Shapes:  pixels: (batch, height, width, channels) uint8; result: (batch, features) or that shape
    """
    encoded: Array = np.multiply(pixels, np.asarray(scaling.factor, dtype), dtype=dtype)
    if any(scaling.shift):
        encoded += np.asarray(scaling.shift, dtype)
    return encoded.reshape(len(pixels), *sample_shape(pixels.shape[1:], flatten))


def decoded_pixels(encoded: Array, shape: Shape, scaling: Scaling = UNIT) -> Array:
    """The pixels that are nearest to what a network reads, to look at.

    Shapes:  encoded: as `encode_pixels` gives them; shape: of a sample; result: (batch, height, width, channels) uint8
    """
    values = encoded.reshape(len(encoded), *shape).astype(np.float64)
    pixels = (values - np.asarray(scaling.shift)) / np.asarray(scaling.factor)
    nearest: Array = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return nearest
