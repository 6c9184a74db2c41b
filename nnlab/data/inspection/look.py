"""One look at one picture: what its file is, and figures of its pixels at a reduced size."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.truth import Truth
from nnlab.core.types import Array, Pixels
from nnlab.data.given import Given
from nnlab.data.images.header import read_header
from nnlab.data.images.pillow_resize import resized
from nnlab.data.inspection.file_kind import FRAME, ROW, FileKind, kind_of
from nnlab.data.inspection.perceptual import SIDE
from nnlab.data.luma import luma
from nnlab.data.prepare import Preparation

DECODED = 64
"""A JPEG of more than twice this side is shrunk by its decoder, to no less than that."""

LOOKED_AT = 128
"""Pixels of the longer side, at most, that figures are taken from."""

THUMB = 16
"""Pixels of the side of the small coloured picture that two pictures are compared by."""

OPAQUE = 250
"""From which value on a pixel's alpha hides what is behind it, whatever little a resizing did to it."""

COLOURLESS = 8
"""How far red, green and blue of a pixel of the small picture are apart at most, where there is no colour in it."""

APART = 40
"""How far a pixel's brightness is from the border's where it is part of what is shown."""

UNEVEN = 0.1
"""The share of the border that may be so far from its median where it is of one brightness."""

LEAST = 6
"""Pixels across and down that what is shown has more of."""

EDGED = 12
"""Pixels of the shorter side from which edges are told sharp or not."""

ENDS = 0.01
"""The share of the darkest, and of the lightest, pixels that are passed over where a picture's range is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Thumb:
    """A picture, stretched to what it is hashed and compared by.

    Shapes:  grey: (32, 32);  colours: (16, 16, 3); uint8
    """

    grey: Pixels
    colours: Pixels

    @classmethod
    def of(cls, small: Pixels, grey: Pixels) -> "Thumb":
        """That of a picture and its brightness."""
        return cls(resized(grey[:, :, None], SIDE, SIDE, "bilinear")[:, :, 0], resized(small, THUMB, THUMB, "bilinear"))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was seen of a sample.

    Options:  digest: of the bytes of its files.  fault: why it cannot be read; then there is nothing but the digest.
              kind: of its file.  width, height: pixels, upright.
              colour, transparent: whether there is any in it.
              dark, light: the brightness, 0 to 255, below and above which 1% of its pixels are.
              contrast: the standard deviation of brightness.
              sharpness: the slope of its sharpest edges, as a share of its range (see `sharpness_of`).
              truth: what is true of it, read.
              seen: what it shows, cut out of a border of one colour; None where there is no such border.
    """

    digest: bytes
    fault: str | None = None
    kind: FileKind | None = None
    width: int = 0
    height: int = 0
    colour: bool = False
    transparent: bool = False
    dark: float = 0.0
    light: float = 0.0
    contrast: float = 0.0
    sharpness: float = 0.0
    whole: Thumb | None = None
    seen: Thumb | None = None
    truth: Truth | None = None


def look_at(given: Given, preparation: Preparation) -> Look:
    """Decodes a sample, and looks at it.

    Options:  preparation: one without steps, whose wanted size is DECODED.
    Raises:   ResourceError: there is no room for it.
    """
    try:
        pixels, truth = preparation.sample(given)
        kind, width, height = _file(given)
    except DataError as error:
        return Look(given.digest, str(error))
    alpha = pixels.shape[2] == 4 and int(pixels[:, :, 3].min()) < OPAQUE
    small = _opaque(_small(pixels))
    grey = luma(small)
    whole = Thumb.of(small, grey)
    dark, light, contrast = _range(grey)
    return Look(
        given.digest,
        kind=kind,
        width=width,
        height=height,
        colour=bool(np.ptp(whole.colours.astype(np.int16), axis=2).max() > COLOURLESS),
        transparent=alpha,
        dark=dark,
        light=light,
        contrast=contrast,
        sharpness=sharpness_of(grey, light - dark),
        whole=whole,
        seen=_seen(small, grey),
        truth=truth,
    )


def _file(given: Given) -> tuple[FileKind, int, int]:
    """Its kind, and its width and height upright."""
    if isinstance(given.picture, bytes):
        header = read_header(given.picture)
        width, height = (header.width, header.height)[:: 1 if header.orientation < 5 else -1]
        return kind_of(given.picture, header), width, height
    assert isinstance(given.picture, np.ndarray)
    return FileKind(ROW if given.sample.moment is None else FRAME), given.picture.shape[1], given.picture.shape[0]


def _small(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    longer = max(height, width)
    if longer <= LOOKED_AT:
        return pixels
    return resized(
        pixels, max(1, round(width * LOOKED_AT / longer)), max(1, round(height * LOOKED_AT / longer)), "area"
    )


def _opaque(pixels: Pixels) -> Pixels:
    """Blended over white, where it is transparent."""
    if pixels.shape[2] < 4:
        return pixels
    share = pixels[:, :, 3:] / np.float32(255)
    blended: Pixels = np.rint(pixels[:, :, :3] * share + 255 * (1 - share)).astype(np.uint8)
    return blended


def _seen(small: Pixels, grey: Pixels) -> Thumb | None:
    """What a picture shows before a border of one brightness; None where it reaches to the edges, or is tiny."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]).astype(np.int16)
    ground = int(np.median(border))
    if (np.abs(border - ground) > APART).mean() > UNEVEN:
        return None
    there = np.abs(grey.astype(np.int16) - ground) > APART
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    if len(rows) < 1 or min(rows[-1] - rows[0], columns[-1] - columns[0]) < LEAST:
        return None
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    return Thumb.of(np.ascontiguousarray(small[box]), np.ascontiguousarray(grey[box]))


def _range(grey: Pixels) -> tuple[float, float, float]:
    """The brightness below, and above, which 1% of the pixels are, and its standard deviation."""
    counts = np.bincount(grey.ravel(), minlength=256)
    below = np.cumsum(counts)
    dark, light = np.searchsorted(below, [ENDS * grey.size, (1 - ENDS) * grey.size])
    levels = np.arange(256)
    mean = float((counts * levels).sum()) / grey.size
    spread = float((counts * levels**2).sum()) / grey.size - mean * mean
    return float(dark), float(light), float(np.sqrt(max(spread, 0.0)))


def sharpness_of(grey: Array, extent: float) -> float:
    """How steep its steepest edges are: the 99th percentile of |4 x - left - right - above - below|, as a share of the
    range of brightness; NaN of a tiny picture. A blurred one has no steep edge anywhere, others have before any ground.

    Shapes:  grey: (height, width)
    """
    if min(grey.shape) < EDGED:
        return math.nan
    if extent < 1:
        return 0.0
    x = grey.astype(np.int16)
    bend = np.abs(4 * x[1:-1, 1:-1] - x[1:-1, :-2] - x[1:-1, 2:] - x[:-2, 1:-1] - x[2:, 1:-1])
    steepest = np.partition(bend.ravel(), place := int(0.99 * (bend.size - 1)))[place]
    return float(steepest) / extent
