"""Centred: digits of one size in the middle of a noisy canvas, whose size in a test is all that training changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.makers.base import MAKERS, DatasetMaker
from nnlab.data.makers.raster import coverage
from nnlab.data.makers.typefaces import TYPEFACES, digit_outline

SIDE = 64
"""Width and height in pixels."""

HEIGHT = 20.0
"""Of every digit: of one size, so that a crop which is stretched shows what no whole picture does."""

TURN, SLANT, WIDTH = 15.0, 0.15, 0.12
"""Degrees, lean and log of the width at most, each way."""

GROUND, INK = (30.0, 80.0), (170.0, 240.0)
"""Their brightness."""

NOISE = 10.0
"""Its standard deviation, in values of 255."""

LEVELS = 8
"""Values are multiples of it: a PNG of noise is half as large."""


@MAKERS.register
@dataclass(kw_only=True, eq=False)
class Centred(DatasetMaker):
    """Digits 0 to 9 of one size, light on dark, in the middle of 64x64 pixels of noise.

    A positive control of the resolution lab (`nnlab resolution`): random crops that are stretched show digits 1.5 times
    as large as whole pictures do, and nothing else tells the two apart. It is made so that the lab must see that; of
    photos it says nothing.

    Options:  images: 4000 where nothing is said.
    """

    version: ClassVar[int] = 1
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")
    title: ClassVar[str] = "Digits of one size in the middle of a noisy canvas (a control for test resolution)"
    recommended: ClassVar[Mapping[str, Any]] = {"resize": [32, 32], "grayscale": True}

    images: int = option(4000, "images in all, spread evenly over the classes", low=10, high=1_000_000)

    def paint(self, label: str, generator: np.random.Generator) -> Pixels:
        """One digit, turned, leant and widened a little, with noise over all."""
        face = TYPEFACES[generator.integers(len(TYPEFACES))]
        angle, slant = np.deg2rad(generator.uniform(-TURN, TURN)), generator.uniform(-SLANT, SLANT)
        width = np.exp(generator.uniform(-WIDTH, WIDTH))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        points = digit_outline(face, int(label)).reshape(-1, 2) @ (turn @ np.array([[width, slant], [0.0, 1.0]])).T
        covered = coverage((points * HEIGHT + SIDE / 2).reshape(-1, 4), SIDE, SIDE)
        ground, ink = (generator.uniform(*span) for span in (GROUND, INK))
        image = ground + (ink - ground) * covered + generator.normal(0, NOISE, (SIDE, SIDE))
        grey = (LEVELS * np.rint(np.clip(image, 0, 248) / LEVELS)).astype(np.uint8)
        return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
