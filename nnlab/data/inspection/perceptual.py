"""A hash of what a picture looks like: pictures that look alike have hashes that differ in few bits."""

import functools

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product

SIDE = 32
"""Of the picture that is transformed."""

KEPT = 8
"""Of the cosines, the slowest: across and down."""

AT_ONCE = 4096
"""Pictures that are transformed at once."""


def perceptual_hashes(grey: Array) -> Array:
    """A bit for each of the 8 x 8 slowest cosines of a picture: whether it is above their median.

    C = D x D^T;  D[k, i] = cos(pi k (2 i + 1) / 64);  bit = C > median of C but for its first, which is the brightness

    Shapes:  grey: (pictures, 32, 32) uint8; result: (pictures,) uint64
    Source:  C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2.
    """
    hashes = np.zeros(len(grey), np.uint64)
    for first in range(0, len(grey), AT_ONCE):
        part = grey[first : first + AT_ONCE].astype(np.float32)
        across = matrix_product(part, _cosines().T)
        found = matrix_product(_cosines(), across).reshape(len(part), KEPT * KEPT)
        bits = found > np.median(found[:, 1:], axis=1, keepdims=True)
        hashes[first : first + AT_ONCE] = np.packbits(bits, axis=1).view(">u8")[:, 0]
    return hashes


@functools.cache
def _cosines() -> Array:
    """Shapes:  result: (8, 32)"""
    waves, places = np.arange(KEPT)[:, None], np.arange(SIDE)
    cosines: Array = np.cos(np.pi * waves * (2 * places + 1) / (2 * SIDE)).astype(np.float32)
    return cosines
