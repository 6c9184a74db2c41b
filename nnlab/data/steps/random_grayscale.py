"""Grayscale by chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.luma import luma
from nnlab.data.steps.base import STEPS, RandomPixelStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class RandomGrayscale(RandomPixelStep):
    """Takes the colours away, from a share of the images; they keep three channels. A grey image stays as it is.

    y_c = 0.299 R + 0.587 G + 0.114 B  for every channel c

    A strength scales the probability.

    Source:  ITU-R BT.601, luma, as the step Grayscale; torchvision's RandomGrayscale.
    """

    also_called = ("ToGray",)

    probability: float = option(0.1, "how likely it is that it happens to an image", low=0, high=1)

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        return pixels if pixels.shape[2] == 1 else np.repeat(luma(pixels)[:, :, None], 3, axis=2)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Often enough to be seen."""
        return ({"probability": 0.5},)
