"""Resize."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import resized
from nnlab.data.images.base import Image, ImageLibrary, ImageSpec
from nnlab.data.steps.base import STEPS, PlacingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Resize(PlacingStep):
    """Gives every image the same size; the aspect ratio is not kept.

    Lanczos (3 lobes) to shrink, bicubic to grow, on sRGB values.
    """

    size: tuple[int, int] = option((110, 110), "width, height in pixels", low=1, high=10_000)

    def place(self, image: Image, lib: ImageLibrary) -> Placement:
        """Stretched to the size."""
        spec = lib.spec(image)
        return resized((spec.width, spec.height), self.size)

    def out_spec(self, spec: ImageSpec) -> ImageSpec:
        """The size that was asked for."""
        return ImageSpec(width=self.size[0], height=self.size[1], channels=spec.channels)

    def leaves(self, spec: ImageSpec) -> bool:
        """Whether there is nothing to do."""
        return (spec.width, spec.height) == self.size
