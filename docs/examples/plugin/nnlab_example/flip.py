"""Flip."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import mirrored
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import RandomPlacingStep


@dataclass(kw_only=True, eq=False)
class Flip(RandomPlacingStep):
    """Mirrors left and right, by chance.

    y[row, column] = x[row, width - 1 - column]
    """

    share: float = option(0.5, "share of the samples that are mirrored", low=0, high=1)

    def place(self, image: Image, lib: ImageLibrary, rng: Rng) -> Placement:
        """Where the pixels go; what is true of the image (a mask, boxes) goes there as well."""
        spec = lib.spec(image)
        size = (spec.width, spec.height)
        return mirrored(size) if rng.generator().random() < self.share else Placement.unmoved(size)
