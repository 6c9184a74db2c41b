"""Rotate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.component import option
from nnlab.core.placement import Placement, Size
from nnlab.core.placements import rotated
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.moving import MovingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Rotate(MovingStep):
    """Turns about the middle, within the size that the image has, by an angle drawn evenly; bilinear.

    p' = R(a) (p - m) + m,  a ~ U(-max_degrees, max_degrees), clockwise;  m: the middle

    Corners that come into view have the colour of pixel 0,0.
    """

    max_degrees: float = option(10.0, "greatest angle, in degrees; 0 for none", low=0, high=180, neutral=0)

    def moved(self, size: Size, fill: Sequence[int], chance: "np.random.Generator") -> Placement:
        """Turned about the middle."""
        if self.max_degrees == 0:
            return Placement.unmoved(size)
        return rotated(size, float(chance.uniform(-self.max_degrees, self.max_degrees)), fill)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """A turn that is seen."""
        return ({"max_degrees": 30.0},)
