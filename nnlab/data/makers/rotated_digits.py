"""Rotated digits: printed digits, each turned by an angle that is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.makers.base import MAKERS, DatasetMaker, Drawing
from nnlab.data.makers.raster import coverage
from nnlab.data.makers.typefaces import TYPEFACES, digit_outline

SIDE = 16
"""Width and height in pixels."""

LARGEST = 45.0
"""The angles lie evenly between minus and plus so many degrees."""

HEIGHT = (9.0, 11.5)
"""Of an upright digit, in pixels: turned, the widest still fits."""

SHIFT = 1.25
"""How far its middle lies from that of the picture at most, in pixels, each way."""

GROUND, INK = (190.0, 255.0), (0.0, 90.0)
"""Their brightness."""

UPRIGHT = tuple(face for face in TYPEFACES if not any(word in face.file for word in ("Obli", "Ital", "BolIta", "cmti")))
"""Typefaces whose digits stand upright by themselves."""


class Flat(Drawing):
    """One that lies beside the others: `3_017.png`."""

    @property
    def path(self) -> str:
        """Its name, which says the digit wherever it is copied."""
        return f"{self.label}_{self.index:03d}.png"


@MAKERS.register
@dataclass(kw_only=True, eq=False)
class RotatedDigits(DatasetMaker):
    """Upright digits 0 to 9, turned clockwise by -45 to 45 degrees, 16x16: how far each was turned is to be told.

    `targets.csv` says the angle, in thousandths of a degree, which are what was drawn. Dark on light, in upright
    typefaces; size, brightness and place vary a little. Always saying the mean is wrong by 22.5 degrees on average.

    Options:  images: 1500 where nothing is said.
    """

    version: ClassVar[int] = 1
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")
    names: ClassVar[tuple[str, ...]] = ("angle",)
    title: ClassVar[str] = "Printed digits, each turned by a known angle (degrees, clockwise)"
    recommended: ClassVar[Mapping[str, Any]] = {"resize": [SIDE, SIDE], "grayscale": True, "minmax_normalize": True}

    images: int = option(1500, "images in all, spread evenly over the digits", low=10, high=1_000_000)

    def paint(self, label: str, generator: np.random.Generator) -> Pixels:
        """One digit, turned by the first number that is drawn."""
        angle = np.deg2rad(_angle(generator))
        face = UPRIGHT[generator.integers(len(UPRIGHT))]
        height, ground, ink = (generator.uniform(*span) for span in (HEIGHT, GROUND, INK))
        middle = SIDE / 2 + generator.uniform(-SHIFT, SHIFT, 2)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        points = digit_outline(face, int(label)).reshape(-1, 2) @ turn.T * height + middle
        covered = coverage(points.reshape(-1, 4), SIDE, SIDE)
        image = ground + (ink - ground) * np.repeat(covered[:, :, np.newaxis], 3, axis=2)
        return np.rint(image).astype(np.uint8)

    @classmethod
    def dataset(cls) -> str:
        """`rotated_digits`"""
        return "rotated_digits"

    def drawings(self) -> Sequence[Drawing]:
        """Every image of the set, digit by digit, in one folder."""
        return [Flat(drawing.label, drawing.index) for drawing in super().drawings()]

    @property
    def contents(self) -> str:
        """That a table says what is true."""
        return "one folder, with their angles in targets.csv"

    def tables(self) -> Mapping[str, str]:
        """The angle of every image."""
        lines = [f"{drawing.path},{_angle(self.chance(drawing)):.3f}" for drawing in self.drawings()]
        return {"targets.csv": "\n".join(["file,angle", *lines]) + "\n"}


def _angle(generator: np.random.Generator) -> float:
    return round(float(generator.uniform(-LARGEST, LARGEST)), 3)
