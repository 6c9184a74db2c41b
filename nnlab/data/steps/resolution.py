"""Fewer pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.images.pillow_resize import resized
from nnlab.data.steps.base import STEPS, RandomPixelStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Resolution(RandomPixelStep):
    """As a picture that was taken with fewer pixels: shrunk to a share of its sides, and made as large again.

    The share is drawn evenly from the range; at least one pixel is left of a side. Lanczos of 3 lobes shrinks, bicubic
    (Catmull-Rom) enlarges, by Pillow whichever library decodes.
    """

    also_called = ("Downscale", "Pixelate", "LowResolution")

    share: tuple[float, float] = option(
        (0.3, 1.0), "least and greatest share of the sides that is left", above=0, high=1, ordered=True, neutral=1
    )

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        share, (old_height, old_width) = float(chance.uniform(*self.share)), pixels.shape[:2]
        width, height = max(1, round(old_width * share)), max(1, round(old_height * share))
        if (width, height) == (old_width, old_height):
            return pixels
        return resized(resized(pixels, width, height, "lanczos"), old_width, old_height, "cubic")

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Fewer pixels whatever is drawn."""
        return ({"share": (0.2, 0.6)},)
