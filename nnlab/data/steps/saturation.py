"""Saturation."""

from dataclasses import dataclass

from nnlab.core.types import Pixels
from nnlab.data.luma import luma
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.factor import FactorStep
from nnlab.data.values import blended


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Saturation(FactorStep):
    """Makes colours paler or stronger; with factor 0 the image is grey. A grey image stays as it is.

    y = L + f (x - L),  L = luma of the pixel;  f ~ U(factor);  rounded and clipped to 0..255

    Source:  as Pillow's ImageEnhance.Color, which cuts fractions off.
    """

    also_called = ("Color", "Colour", "ColorJitter")

    def by(self, pixels: Pixels, factor: float) -> Pixels:
        """The pixels at f times their saturation."""
        return pixels if pixels.shape[2] == 1 else blended(luma(pixels), pixels, factor)
