"""Shear."""

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
class Shear(MovingStep):
    """Leans upright lines to a side, and level ones, each by an angle of its own; about the middle, bilinear.

    x' = x + y tan a,  y' = y + x tan b,  a ~ U(-max_degrees, max_degrees), b alike;  x, y from the middle

    Corners that come into view have the colour of pixel 0,0.
    """

    also_called = ("ShearX", "ShearY", "RandomShear")

    max_degrees: tuple[float, float] = option(
        (10.0, 10.0), "greatest lean of upright,level lines", low=0, below=45, pair=True, neutral=0
    )

    def moved(self, size: Size, fill: Sequence[int], chance: np.random.Generator) -> Placement:
        """Leaned about the middle."""
        a, b = np.tan(np.radians(self.max_degrees) * (2 * chance.random(2) - 1)).tolist()
        return about_middle(size, ((1.0, a), (b, 1.0)), fill)
