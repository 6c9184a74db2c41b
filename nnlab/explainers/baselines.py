"""Baselines: pictures that say nothing, which a picture is held against or covered with."""

from typing import Literal

import numpy as np

from nnlab.core.types import Array
from nnlab.explainers.base import Question

Baseline = Literal["black", "mean", "blur"]

BLUR_SHARE = 1 / 8
"""The standard deviation of the blur, as a share of the shorter side: what is left is where it is light and dark."""


def baseline_of(question: Question, kind: Baseline) -> Array:
    """What the picture is without what it shows: black, its own mean colour everywhere, or itself much blurred.

    Shapes:  result: (height, width, channels), as the network reads it
    """
    x = question.x
    if kind == "black":
        return np.broadcast_to(np.asarray(question.black, x.dtype), x.shape).copy()
    if kind == "mean":
        return np.broadcast_to(x.mean(axis=(0, 1)), x.shape).copy()
    sigma = BLUR_SHARE * min(x.shape[:2])
    return blurred(x, sigma)


def blurred(x: Array, sigma: float) -> Array:
    """x, each pixel the mean of those around it, weighted by a Gaussian; beyond the edges lies the mirrored picture.

    w(d) = exp(-d^2 / 2 sigma^2), along each axis

    Shapes:  x and result: (height, width, channels)
    """
    for axis in (0, 1):
        size = x.shape[axis]
        distance = np.arange(size)[:, None] - np.arange(-size, 2 * size)[None, :]
        weights = np.exp(-((distance / max(sigma, 1e-6)) ** 2) / 2)
        weights /= weights.sum(axis=1, keepdims=True)
        folded = weights[:, size : 2 * size] + weights[:, size - 1 :: -1] + weights[:, : 2 * size - 1 : -1]
        x = np.einsum("oi,iwc->owc" if axis == 0 else "oi,hic->hoc", folded.astype(x.dtype), x)
    return x
