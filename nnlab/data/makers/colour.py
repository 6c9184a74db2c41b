"""Colours by brightness: what grayscale sees is chosen first, the tint after."""

import numpy as np

from nnlab.core.types import Array

LUMA = np.array([0.299, 0.587, 0.114])
"""The weights of ITU-R BT.601, those of the grayscale step."""


def tinted(luma: float, generator: np.random.Generator, purity: float) -> Array:
    """A colour of that brightness and of a random hue.

    Options:  purity: 0 is grey, 1 as far from it as the hue allows.

    Shapes:  (3,), float64, each 0 to 255.
    """
    direction = generator.uniform(-1, 1, 3)
    direction -= direction @ LUMA  # LUMA sums to 1, so the brightness of what is left is 0
    limit = np.where(direction > 0, 255.0, 0.0)
    reach = np.min((limit - luma) / np.where(direction == 0, 1e-9, direction))
    return np.asarray(luma + direction * reach * purity)
