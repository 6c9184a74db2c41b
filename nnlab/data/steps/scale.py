"""Scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.placement import Placement, Size
from nnlab.core.placements import about_middle
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.moving import MovingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Scale(MovingStep):
    """Enlarges or shrinks about the middle, within the size that the image has; both sides alike, bilinear.

    p' = s (p - m) + m,  log s ~ U(log low, log high),  m: the middle

    Of a shrunk image the rim has the colour of pixel 0,0. A half is the least: below it pixels would be left out.
    """

    also_called = ("Zoom", "RandomZoom", "RandomScale")

    factor: tuple[float, float] = option(
        (0.8, 1.25), "least and greatest factor", low=0.5, high=10, ordered=True, neutral=1
    )

    def moved(self, size: Size, fill: Sequence[int], chance: np.random.Generator) -> Placement:
        """Scaled about the middle."""
        low, high = self.factor
        factor = math.exp(chance.uniform(math.log(low), math.log(high)))
        return about_middle(size, ((factor, 0.0), (0.0, factor)), fill)
