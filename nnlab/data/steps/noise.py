"""Gaussian noise."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.steps.base import STEPS, RandomPixelStep
from nnlab.data.values import rounded


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Noise(RandomPixelStep):
    """Adds Gaussian noise to every value of every channel, by itself; clipped to 0..255.

    y = x + 255 intensity n,  n ~ N(0, 1)
    """

    also_called = ("GaussianNoise", "GaussNoise")

    intensity: float = option(
        0.05, "standard deviation, as a share of full scale; 0 for none", low=0, high=1, neutral=0
    )

    def changed(self, pixels: Pixels, chance: "np.random.Generator") -> Pixels:
        """The pixels after this step."""
        if self.intensity == 0:
            return pixels
        noisy = chance.standard_normal(pixels.shape, np.float32)
        noisy *= np.float32(255 * self.intensity)
        noisy += pixels
        return rounded(noisy)
