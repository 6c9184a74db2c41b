"""Gamma."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.steps.base import STEPS, RandomPixelStep
from nnlab.data.values import looked_up


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Gamma(RandomPixelStep):
    """Makes the values between black and white darker (above 1) or lighter (below); both ends stay.

    y = 255 (x / 255)^g,  g ~ U(exponent);  rounded

    Source:  as torchvision's adjust_gamma, which cuts fractions off.
    """

    also_called = ("RandomGamma", "AdjustGamma")

    exponent: tuple[float, float] = option(
        (0.7, 1.5), "least and greatest exponent; 1 for none", low=0.01, high=100, ordered=True, neutral=1
    )

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        return looked_up(pixels, 255 * (np.arange(256) / 255) ** chance.uniform(*self.exponent))
