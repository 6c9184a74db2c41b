"""Quantize."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import ImageStep


@dataclass(kw_only=True, eq=False)
class Quantize(ImageStep):
    """Leaves so many levels of brightness in each channel.

    y = 255 floor(x levels / 256) / (levels - 1)
    """

    levels: int = option(4, "levels that are left", low=2, high=256)

    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        """The image after this step."""
        table = np.arange(256) * self.levels // 256 * 255 // (self.levels - 1)
        return lib.image(table.astype(np.uint8)[lib.pixels(image)])
