"""Grayscale."""

from dataclasses import dataclass

from nnlab.data.images.base import Image, ImageLibrary, ImageSpec
from nnlab.data.steps.base import STEPS, ImageStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Grayscale(ImageStep):
    """One channel of brightness instead of three of colour.

    y = 0.299 R + 0.587 G + 0.114 B

    Source:  ITU-R BT.601, luma.
    """

    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        """The image after this step."""
        return lib.grayscale(image)

    def out_spec(self, spec: ImageSpec) -> ImageSpec:
        """The same size, one channel."""
        return ImageSpec(width=spec.width, height=spec.height, channels=1)

    def leaves(self, spec: ImageSpec) -> bool:
        """Whether there is nothing to do."""
        return spec.channels == 1
