"""Solarize."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.steps.base import STEPS, RandomPixelStep
from nnlab.data.values import looked_up


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Solarize(RandomPixelStep):
    """Inverts the values from a threshold on.

    y = x  if x < t, else 255 - x;  t ~ U(threshold)

    Source:  as Pillow's ImageOps.solarize.
    """

    threshold: tuple[float, float] = option(
        (128.0, 256.0), "least and greatest threshold; 256 for none", low=0, high=256, ordered=True, neutral=256
    )

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        values = np.arange(256.0)
        return looked_up(pixels, np.where(values < chance.uniform(*self.threshold), values, 255 - values))
