"""Flip."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import RandomImageStep


@dataclass(kw_only=True, eq=False)
class Flip(RandomImageStep):
    """Mirrors left and right, by chance.

    y[row, column] = x[row, width - 1 - column]
    """

    share: float = option(0.5, "share of the samples that are mirrored", low=0, high=1)

    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after this step."""
        if rng.generator().random() >= self.share:
            return image
        return lib.image(np.ascontiguousarray(lib.pixels(image)[:, ::-1]))
