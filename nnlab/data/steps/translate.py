"""Translate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.placement import Placement, Size
from nnlab.core.placements import shifted
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.moving import MovingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Translate(MovingStep):
    """Moves by whole pixels, so that nothing is blurred: right and down by shares of the sides, drawn evenly.

    p' = p + (round(a width), round(b height)),  a ~ U(-share, share), b alike

    What comes into view has the colour of pixel 0,0.
    """

    also_called = ("Shift", "RandomTranslation", "TranslateX", "TranslateY")

    share: tuple[float, float] = option(
        (0.1, 0.1), "greatest shift, as shares of width,height", low=0, high=1, pair=True, neutral=0
    )

    def moved(self, size: Size, fill: Sequence[int], chance: np.random.Generator) -> Placement:
        """Shifted."""
        shares = np.multiply(self.share, 2 * chance.random(2) - 1).tolist()
        right, down = (round(side * share) for side, share in zip(size, shares, strict=True))
        return shifted(size, right, down, fill)
