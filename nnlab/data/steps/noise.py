"""Gaussian noise."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS, RandomImageStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Noise(RandomImageStep):
    """Adds Gaussian noise to every value of every channel, by itself; clipped to 0..255.

    y = x + 255 intensity n,  n ~ N(0, 1)
    """

    intensity: float = option(0.0, "standard deviation, as a share of full scale; 0 for none", low=0, high=1)

    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after this step."""
        if self.intensity == 0:
            return image
        pixels = lib.pixels(image)
        noisy = rng.generator().standard_normal(pixels.shape, np.float32)
        noisy *= np.float32(255 * self.intensity)
        noisy += pixels
        return lib.image(np.clip(np.rint(noisy, out=noisy), 0, 255, out=noisy).astype(np.uint8))
