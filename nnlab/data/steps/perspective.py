"""Perspective."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.placement import Placement, Size
from nnlab.core.placements import tilted
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.moving import MovingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Perspective(MovingStep):
    """Tilts the image as if seen from a side: each corner moves inwards by chance, and lines stay straight; bilinear.

    (0, 0)' = (a width, b height) / 2,  a, b ~ U(0, distortion), and so for every corner;  between them as
    `core/placements.py` has it (`tilted`)

    What comes into view has the colour of pixel 0,0. Up to 0.6 no corner can pass the line between its neighbours.
    """

    also_called = ("RandomPerspective",)

    distortion: float = option(
        0.3, "how far corners move at most, as a share of half a side", low=0, high=0.6, neutral=0
    )

    def moved(self, size: Size, fill: Sequence[int], chance: np.random.Generator) -> Placement:
        """Tilted."""
        width, height = size
        inwards = (self.distortion / 2 * chance.random((4, 2))).tolist()
        corners = [
            (width * abs(right - across), height * abs(low - down))
            for (right, low), (across, down) in zip(((0, 0), (1, 0), (1, 1), (0, 1)), inwards, strict=True)
        ]
        return tilted(size, corners, fill)
