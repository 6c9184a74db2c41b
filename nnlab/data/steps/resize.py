"""Resize."""

from dataclasses import dataclass

from nnlab.core.placement import Placement
from nnlab.core.placements import resized
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.fitting import FittingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Resize(FittingStep):
    """Gives every image the same size; the aspect ratio is not kept.

    Lanczos (3 lobes) to shrink, bicubic to grow, on sRGB values.
    """

    def place(self, image: Image, lib: ImageLibrary) -> Placement:
        """Stretched to the size."""
        spec = lib.spec(image)
        return resized((spec.width, spec.height), self.size, self.interpolation)
