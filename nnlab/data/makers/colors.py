"""Colors: pictures that are red, green or blue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.makers.base import MAKERS, DatasetMaker
from nnlab.data.makers.textures import TEXTURES

SIDE = 110
"""Width and height in pixels."""


@MAKERS.register
@dataclass(kw_only=True, eq=False)
class Colors(DatasetMaker):
    """Red, green and blue pictures, 110x110 RGB: the shade, how pure it is and the texture vary.

    The simplest set there is: one channel is always the strongest, so a single layer tells the three apart.

    Options:  images: 180 for the set that ships, 60 of each class.
    """

    version: ClassVar[int] = 1
    classes: ClassVar[tuple[str, ...]] = ("red", "green", "blue")
    title: ClassVar[str] = "Red, green and blue pictures"
    recommended: ClassVar[Mapping[str, Any]] = {}

    images: int = option(180, "images in all, spread evenly over the classes", low=3, high=1_000_000)

    def paint(self, label: str, generator: np.random.Generator) -> Pixels:
        """Two shades of the colour, the texture between them."""
        dark, light = np.sort(generator.uniform(0.55, 1.0, 2))
        shade = generator.uniform(0.0, 0.4, 3)
        shade[self.classes.index(label)] = 1.0
        texture = TEXTURES[generator.integers(len(TEXTURES))](generator, SIDE)
        brightness = dark + (light - dark) * texture
        pixels: Pixels = np.rint(255 * brightness[:, :, np.newaxis] * shade).astype(np.uint8)
        return pixels
