"""Contrast."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Pixels
from nnlab.data.luma import luma
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.factor import FactorStep
from nnlab.data.values import looked_up


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Contrast(FactorStep):
    """Draws values together about the image's own mean brightness, or apart.

    y = m + f (x - m),  m = mean luma, a whole number;  f ~ U(factor);  rounded and clipped to 0..255

    Source:  as Pillow's ImageEnhance.Contrast, which cuts fractions off.
    """

    also_called = ("ColorJitter",)

    def by(self, pixels: Pixels, factor: float) -> Pixels:
        """The pixels at f times their contrast."""
        grey = pixels if pixels.shape[2] == 1 else luma(pixels)
        middle = int(grey.mean() + 0.5)
        return looked_up(pixels, middle + factor * (np.arange(256) - middle))
