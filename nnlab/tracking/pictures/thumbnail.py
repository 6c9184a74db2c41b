"""A sample as a small picture."""

import math
from collections.abc import Sequence

import numpy as np

from nnlab.core.truth import Truth
from nnlab.core.types import Pixels
from nnlab.data.images.base import DATA_LOADERS
from nnlab.tracking.marks import marked

SIDES = (128, 96, 64, 48)
"""How long a picture's longer side may be, in pixels: the first with which all of a run are small enough together."""


def thumbnail(pixels: Pixels, truth: Truth, names: Sequence[str], side: int) -> Pixels:
    """The picture, made smaller by a whole factor until it fits, what is true of places in it drawn in; small ones that
    are drawn into are made larger by one.

    Shapes:  pixels: (height, width, channels) uint8; result: the same with 1 or 3 channels
    """
    channels = 1 if pixels.shape[2] < 3 else 3
    shown, longer = pixels[:, :, :channels], max(pixels.shape[:2])
    factor = math.ceil(longer / side)
    if factor > 1:
        tall, wide = (max(length // factor, 1) for length in shown.shape[:2])
        blocks = shown[: tall * factor, : wide * factor].reshape(tall, min(factor, shown.shape[0]), wide, -1, channels)
        shown = blocks.mean(axis=(1, 3)).round().astype(np.uint8)
    if not truth.moves:
        return shown
    larger = max(side // max(shown.shape[:2]), 1) if factor == 1 else 1
    colour = shown.repeat(3 // channels, axis=2).repeat(larger, axis=0).repeat(larger, axis=1)
    return marked(truth, colour, larger / factor, names)


def png(pixels: Pixels) -> bytes:
    """As the bytes of a PNG file; the same pixels give the same bytes."""
    library = DATA_LOADERS.get("Pillow")()
    encoded: bytes = library.png(library.image(pixels))
    return encoded
