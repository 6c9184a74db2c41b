"""Vectors brought to length 1, along the last axis."""

import numpy as np

from nnlab.core.types import Array

SHORTEST = 1e-12
"""Lengths below it count as this: nothing is divided by 0."""


def lengths(x: Array) -> Array:
    """sqrt(sum of squares), at least SHORTEST.  Shapes:  x: (..., channels); result: (..., 1)"""
    found: Array = np.sqrt(np.einsum("...c,...c->...", x, x))
    least: Array = np.maximum(found, found.dtype.type(SHORTEST))
    return least[..., np.newaxis]


def unit_gradient(dy: Array, y: Array, length: Array, out: Array) -> Array:
    """The gradient with respect to x of y = x / length: what of dy is across y, over the length.

    dx = (dy - y (y . dy)) / length;  dy / length where x is shorter than SHORTEST, whose length is taken as that

    Shapes:  dy, y, out, result: (..., channels); length: (..., 1)
    """
    along = np.einsum("...c,...c->...", dy, y)[..., np.newaxis]
    along *= length > SHORTEST
    np.multiply(y, along, out=out)
    np.subtract(dy, out, out=out)
    out /= length
    return out
