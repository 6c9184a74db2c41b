"""What the steps have in common that change values by a factor."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.steps.base import RandomPixelStep


@dataclass(kw_only=True, eq=False)
class FactorStep(RandomPixelStep):
    """A step that draws one factor for an image, evenly from a range: below 1 for less of something, above for more."""

    factor: tuple[float, float] = option(
        (0.6, 1.4), "least and greatest factor; 1 for none", low=0, high=100, ordered=True, neutral=1
    )

    @abstractmethod
    def by(self, pixels: Pixels, factor: float) -> Pixels:
        """The pixels changed by this factor, which is not 1."""

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        factor = float(chance.uniform(*self.factor))
        return pixels if factor == 1 else self.by(pixels, factor)
