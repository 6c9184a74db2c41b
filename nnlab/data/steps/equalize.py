"""Equalize."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Pixels
from nnlab.data.steps.base import STEPS, RandomPixelStep
from nnlab.data.steps.factor import looked_up_by_channel


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Equalize(RandomPixelStep):
    """Spreads the values of each channel by itself, so that all are about equally frequent.

    y = floor((n(x) + s / 2) / s),  n(x) = pixels below x,  s = floor((pixels - those of the greatest value) / 255)

    A channel for which s is 0 stays as it is. A strength scales the probability.

    Source:  as Pillow's ImageOps.equalize.
    """

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        tables = [_table(pixels[:, :, channel]) for channel in range(pixels.shape[2])]
        return looked_up_by_channel(pixels, np.array(tables))


def _table(values: Pixels) -> Array:
    """What becomes of each of the 256 values."""
    counts = np.bincount(values.ravel(), minlength=256)
    step = int(values.size - counts[values.max()]) // 255
    return ((counts.cumsum() - counts + step // 2) // step).astype(np.float64) if step else np.arange(256.0)
