"""Horizontal flip."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import mirrored
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS, RandomPlacingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class HorizontalFlip(RandomPlacingStep):
    """Mirrors left and right, half of the images. Not for what is read (digits, letters, left and right hands).

    y[row, column] = x[row, width - 1 - column]

    A strength scales the probability.
    """

    also_called = ("Flip", "RandomHorizontalFlip", "FlipLeftRight")

    probability: float = option(0.5, "how likely it is that it happens to an image", low=0, high=1)

    def place(self, image: Image, lib: ImageLibrary, rng: Rng) -> Placement:
        """Mirrored."""
        spec = lib.spec(image)
        return mirrored((spec.width, spec.height))
