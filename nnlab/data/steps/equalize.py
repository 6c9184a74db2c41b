"""Equalize."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Pixels
from nnlab.data.steps.base import STEPS, RandomPixelStep
from nnlab.data.values import looked_up_by_channel


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Equalize(RandomPixelStep):
    """Spreads the values of each channel by itself, so that all are about equally frequent.

    y = floor((n(x) + s / 2) / s),  n(x) = pixels below x,  s = floor(n(greatest value) / 255)

    A channel for which s is 0 stays as it is. A strength scales the probability.

    Source:  as Pillow's ImageOps.equalize.
    """

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        counts = np.array([np.bincount(own.ravel(), minlength=256) for own in pixels.transpose(2, 0, 1)])
        below = counts.cumsum(axis=1) - counts
        step = (below * (counts > 0)).max(axis=1, keepdims=True) // 255
        spread = (below + step // 2) // np.maximum(step, 1)
        return looked_up_by_channel(pixels, np.where(step > 0, spread, np.arange(256)).astype(np.float64))
