"""Numbers: printed digits in many typefaces, colours, sizes and places."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array, Pixels
from nnlab.data.makers.base import MAKERS, DatasetMaker
from nnlab.data.makers.colour import tinted
from nnlab.data.makers.raster import coverage
from nnlab.data.makers.textures import TEXTURES
from nnlab.data.makers.typefaces import TYPEFACES, digit_outline

SIDE = 110
"""Width and height in pixels."""

FAINT, STRONG, FLAT = "faint", "strong", "flat"
BACKGROUNDS = ((0.08, STRONG), (0.48, FAINT), (1.0, FLAT))
"""What lies behind the digit, by cumulative share: 8% strong textures, 40% faint ones, the rest flat."""

FAINT_SPAN = (3.0, 8.0)
"""How far apart a faint texture's values lie: under the trim step's threshold of 10, so trimming sees through it."""

STRONG_SPAN = (12.0, 24.0)
"""The same of a strong texture, which trimming takes for content; so the digit before it fills the picture already."""

SPREAD = 0.45
"""How widely digits are placed over the room left to them; 0 centres them all."""

AT_AN_EDGE = 0.15
"""Share of digits pushed against an edge of the picture."""

LIGHT_ON_DARK = 0.4
"""Share of light digits on dark ground."""

MID_GREY = 127.5

VIVID = 0.6
"""Share of pictures in strong colours; the others are muted: greyish and of little contrast."""

FROM_MID_GREY = (25.0, 127.5)
"""How far the brightness of the ground lies from mid-grey and, in a vivid picture, that of the digit beyond it."""

MUTED_CONTRAST = (40.0, 80.0)
"""Difference in brightness between ground and digit in a muted picture."""

VIVID_PURITY, MUTED_PURITY = (0.3, 1.0), (0.0, 0.1)
"""How far their colours lie from grey, as a share of the way to the purest colour of that brightness."""


@MAKERS.register
@dataclass(kw_only=True, eq=False)
class Numbers(DatasetMaker):
    """Digits 0 to 9, 110x110 RGB: typefaces, colours, sizes and places vary, some touch the edge.

    What makes it a test bench: raw, a network has to find the digit through place, size, polarity and colour, and one
    layer of 100 units gets about a third right; each preparation step takes one of these away. Pixel 0,0 is always
    ground, which trimming and adaptive inversion rely on; a dark ground has a lighter digit, a light one a darker.

    Options:  images: 847 for the set that ships.
    """

    version: ClassVar[int] = 1
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")
    title: ClassVar[str] = "Printed digits 0 to 9 in many typefaces, colours, sizes and places"
    recommended: ClassVar[Mapping[str, Any]] = {
        "trim": True,
        "resize": [32, 32],
        "grayscale": True,
        "minmax_normalize": True,
        "adaptive_invert": True,
    }

    images: int = option(847, "images in all, spread evenly over the classes", low=10, high=1_000_000)

    def paint(self, label: str, generator: np.random.Generator) -> Pixels:
        """One digit before its background."""
        share = generator.random()
        background = next(kind for limit, kind in BACKGROUNDS if share < limit)
        vivid = bool(generator.random() < VIVID)
        ground_luma, digit_luma = _brightnesses(vivid, generator)
        ground = _ground(background, tinted(ground_luma, generator, _purity(vivid, generator)), generator)
        ink = tinted(digit_luma, generator, _purity(vivid, generator))
        covered = np.ones((SIDE, SIDE))
        while covered[0, 0] > 0:
            covered = coverage(_placed(int(label), background == STRONG, generator), SIDE, SIDE)
        image = ground + (ink - ground) * covered[:, :, np.newaxis]
        return np.rint(image).astype(np.uint8)


def _brightnesses(vivid: bool, generator: np.random.Generator) -> tuple[float, float]:
    """The luma of ground and of digit: on either side of mid-grey, or, in a muted picture, not far from each other."""
    ground, digit = generator.uniform(*FROM_MID_GREY, 2)
    contrast = ground + digit if vivid else generator.uniform(*MUTED_CONTRAST)
    if generator.random() < LIGHT_ON_DARK:
        return MID_GREY - ground, MID_GREY - ground + contrast
    return MID_GREY + ground, MID_GREY + ground - contrast


def _purity(vivid: bool, generator: np.random.Generator) -> float:
    """How far a colour lies from grey, 0 to 1."""
    return float(generator.uniform(*(VIVID_PURITY if vivid else MUTED_PURITY)))


def _ground(background: str, colour: Array, generator: np.random.Generator) -> Array:
    """The picture behind the digit, whole values 0 to 255, (SIDE, SIDE, 3)."""
    flat = np.broadcast_to(colour, (SIDE, SIDE, 3))
    if background == FLAT:
        return flat
    texture = TEXTURES[generator.integers(len(TEXTURES))](generator, SIDE)
    span = generator.uniform(*(STRONG_SPAN if background == STRONG else FAINT_SPAN))
    return np.asarray(np.rint(np.clip(flat + (texture[:, :, np.newaxis] - 0.5) * span, 0, 255)))


def _placed(digit: int, fills: bool, generator: np.random.Generator) -> Array:
    """The outline of a digit, in pixels, wholly within the picture; (edges, 4)."""
    face = TYPEFACES[generator.integers(len(TYPEFACES))]
    angle = np.deg2rad(generator.uniform(-8, 8))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    width, slant = np.exp(generator.uniform(-0.12, 0.12)), generator.uniform(-0.1, 0.1)
    points = digit_outline(face, digit).reshape(-1, 2) @ (turn @ np.array([[width, slant], [0.0, 1.0]])).T
    points = points - points.min(axis=0)
    size = points.max(axis=0)
    height = generator.uniform(100, SIDE) if fills else generator.uniform(60, 100)
    scale = min(height / size[1], SIDE / size[0])
    spread = 0.2 if fills else SPREAD
    place = 0.5 + (generator.random(2) - 0.5) * spread  # in the room left: 0 at one edge, 1 at the other
    if generator.random() < AT_AN_EDGE:
        place[generator.integers(2)] = generator.integers(2)
    return np.asarray((points * scale + place * (SIDE - size * scale)).reshape(-1, 4))
