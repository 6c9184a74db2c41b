"""Heat: numbers over a picture, drawn into a copy of it."""

import numpy as np

from nnlab.core.types import Array, Pixels
from nnlab.tracking.canvas import BLUE, ORANGE
from nnlab.tracking.sheet import rgb

RAMP = ("#3B1F6B", "#8B2A77", "#D55E00", "#F3A712", "#FFF3B0")
"""From a little to the most: dark to light, so that it reads in grey too."""

STRENGTH = 0.8
"""How much of its colour the strongest place has."""

FADED = 0.45
"""How much of the picture, in grey on white, is left under numbers with a sign, whose colours are to stand out."""

OUTLIERS = 99.5
"""The percentile that is drawn in full colour, of numbers that change from pixel to pixel: one alone is no scale."""


def heated(picture: Pixels, weights: Array, *, signed: bool) -> Pixels:
    """The picture with each place's number over it.

    Without a sign: from dark to light, the less the more of the picture shows through. With one: orange speaks for,
    blue against, over the picture in pale grey.

    Shapes:  picture and result: (height, width, 3) uint8; weights: (height, width)
    """
    strength = np.abs(weights).astype(np.float32)
    largest = float(np.percentile(strength, OUTLIERS) or strength.max()) if signed else float(strength.max())
    share = np.clip(strength / largest, 0, 1) if largest > 0 else np.zeros_like(strength)
    under = picture.astype(np.float32)
    if signed:
        grey = under.mean(axis=2, keepdims=True)
        under = 255 - FADED * (255 - grey)
        colour = np.where((weights < 0)[:, :, None], rgb(BLUE) * 255, rgb(ORANGE) * 255).astype(np.float32)
        alpha = share
    else:
        colour = _ramp(share)
        alpha = STRENGTH * np.sqrt(share)
    drawn: Pixels = np.rint(under + alpha[:, :, None] * (colour - under)).astype(np.uint8)
    return drawn


def _ramp(share: Array) -> Array:
    """The colour of each number from 0 to 1.  Shapes:  result: (height, width, 3), 0 to 255"""
    stops = np.array([rgb(colour) for colour in RAMP]) * 255
    at = np.linspace(0, 1, len(stops))
    channels = [np.interp(share, at, stops[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def of_16_bits(weights: Array, *, signed: bool) -> tuple[Array, float]:
    """Numbers as whole ones of 0 to 65535, and the number that the largest stands for.

    without a sign: 65535 w / largest;  with one: 32768 + 32767 w / largest

    Shapes:  weights: any; result: the same, uint16
    """
    largest = float(np.abs(weights).max(initial=0))
    share = weights / largest if largest else np.zeros_like(weights)
    whole = 32768 + 32767 * share if signed else 65535 * share
    return np.rint(whole).astype(np.uint16), largest
