"""Sharpness."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Pixels
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.factor import FactorStep
from nnlab.data.values import blended


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Sharpness(FactorStep):
    """Draws values towards those of their neighbours, or away from them.

    y = s + f (x - s),  s = (4 x + the sum of the 3x3 around x, x included) / 13, rounded;  f ~ U(factor)

    At the image's edge s = x. Rounded and clipped to 0..255.

    Source:  as Pillow's ImageEnhance.Sharpness, which cuts fractions off.
    """

    also_called = ("Sharpen",)

    def by(self, pixels: Pixels, factor: float) -> Pixels:
        """The pixels at f times their sharpness."""
        return blended(_smoothed(pixels), pixels, factor)


def _smoothed(pixels: Pixels) -> Pixels:
    if min(pixels.shape[:2]) < 3:
        return pixels
    wide = pixels.astype(np.uint16)
    rows = wide[:-2] + wide[1:-1] + wide[2:]
    around = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    around += 4 * wide[1:-1, 1:-1]
    around += 6  # of 13: to the nearest, as whole numbers
    smooth = pixels.copy()
    smooth[1:-1, 1:-1] = around // 13
    return smooth
