"""Brightness."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Pixels
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.factor import FactorStep
from nnlab.data.values import looked_up


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Brightness(FactorStep):
    """Makes an image darker or lighter.

    y = f x,  f ~ U(factor);  rounded and clipped to 0..255

    Source:  as Pillow's ImageEnhance.Brightness, which cuts fractions off.
    """

    also_called = ("ColorJitter",)

    def by(self, pixels: Pixels, factor: float) -> Pixels:
        """The pixels at f times their brightness."""
        return looked_up(pixels, np.arange(256) * factor)
