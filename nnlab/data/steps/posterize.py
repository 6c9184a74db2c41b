"""Posterize."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.steps.base import STEPS, RandomPixelStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Posterize(RandomPixelStep):
    """Leaves the upper bits of every value, and so fewer levels.

    y = x - x mod 2^(8 - b),  b a whole number, drawn evenly from bits

    Source:  as Pillow's ImageOps.posterize.
    """

    bits: tuple[int, int] = option(
        (4, 8), "least and greatest number of bits that are left; 8 for all", low=1, high=8, ordered=True, neutral=8
    )

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        bits = int(chance.integers(self.bits[0], self.bits[1] + 1))
        return pixels & np.uint8(256 - 2 ** (8 - bits))
