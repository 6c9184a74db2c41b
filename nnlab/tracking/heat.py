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

BAND = 1 << 18
"""Pixels that are drawn at once."""

ENOUGH = 1 << 20
"""Places that say how large numbers are: of more, every so many."""

OUTLIERS = 99.5
"""The percentile that is drawn in full colour, of numbers that change from pixel to pixel: one alone is no scale."""


def heated(picture: Pixels, weights: Array, *, signed: bool) -> Pixels:
    """The picture with each place's number over it.

    Without a sign: from dark to light, the less the more of the picture shows through. With one: orange speaks for,
    blue against, over the picture in pale grey.

    Shapes:  picture and result: (height, width, 3) uint8; weights: (height, width)
    """
    largest = _largest(weights, signed)
    drawn = np.empty(picture.shape, np.uint8)
    rows = max(1, BAND // picture.shape[1])
    for top in range(0, len(picture), rows):  # a band at a time: a large photo's colours take much room
        band = slice(top, top + rows)
        share = np.clip(weights[band].astype(np.float32) / largest, -1, 1) if largest else 0 * weights[band]
        drawn[band] = np.rint(_with_sign(picture[band], share) if signed else _without(picture[band], share))
    return drawn


def _largest(weights: Array, signed: bool) -> float:
    """The number that is drawn in full colour; 0 where there is none."""
    step = max(1, int(np.sqrt(weights.size / ENOUGH)))
    some = np.abs(weights[::step, ::step])
    return float((signed and np.percentile(some, OUTLIERS)) or np.abs(weights).max())


def _with_sign(picture: Pixels, share: Array) -> Array:
    pale = 255 - FADED * (255 - picture.mean(axis=2, keepdims=True, dtype=np.float32))
    colour = np.where((share < 0)[:, :, None], rgb(BLUE) * 255, rgb(ORANGE) * 255).astype(np.float32)
    drawn: Array = pale + np.abs(share)[:, :, None] * (colour - pale)
    return drawn


def _without(picture: Pixels, share: Array) -> Array:
    alpha = STRENGTH * np.sqrt(share)[:, :, None]
    drawn: Array = picture + alpha * (_ramp(share) - picture)
    return drawn


def _ramp(share: Array) -> Array:
    """The colour of each number from 0 to 1, of 256 steps.  Shapes:  result: (height, width, 3), 0 to 255"""
    stops = np.array([rgb(colour) for colour in RAMP], np.float32) * 255
    steps, at = np.linspace(0, 1, 256), np.linspace(0, 1, len(stops))
    table = np.stack([np.interp(steps, at, channel) for channel in stops.T], axis=-1).astype(np.float32)
    colours: Array = table[np.rint(share * 255).astype(np.intp)]
    return colours


def of_16_bits(weights: Array, *, signed: bool) -> tuple[Array, float]:
    """Numbers as whole ones of 0 to 65535, and the number that the largest stands for.

    without a sign: 65535 w / largest;  with one: 32768 + 32767 w / largest

    Shapes:  weights: any; result: the same, uint16
    """
    largest = float(np.abs(weights).max(initial=0))
    share = weights / largest if largest else np.zeros_like(weights)
    whole = 32768 + 32767 * share if signed else 65535 * share
    return np.rint(whole).astype(np.uint16), largest
