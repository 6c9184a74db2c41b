"""Vertical flip."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import flipped
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS, RandomPlacingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class VerticalFlip(RandomPlacingStep):
    """Turns top and bottom round, half of the images: for pictures taken from above, or through a microscope.

    y[row, column] = x[height - 1 - row, column]

    A strength scales the probability.
    """

    also_called = ("RandomVerticalFlip", "FlipUpDown")

    probability: float = option(0.5, "how likely it is that it happens to an image", low=0, high=1)

    def place(self, image: Image, lib: ImageLibrary, rng: Rng) -> Placement:
        """Upside down."""
        spec = lib.spec(image)
        return flipped((spec.width, spec.height))
