"""Resize."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.data.images.base import Image, ImageLibrary, ImageSpec
from nnlab.data.steps.base import STEPS, ImageStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Resize(ImageStep):
    """Gives every image the same size; the aspect ratio is not kept.

    Lanczos (3 lobes) to shrink, bicubic to grow, on sRGB values.
    """

    size: tuple[int, int] = option((110, 110), "width, height in pixels", low=1, high=10_000)

    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        """The image after this step."""
        return lib.resize(image, *self.size)

    def out_spec(self, spec: ImageSpec) -> ImageSpec:
        """The size that was asked for."""
        return ImageSpec(width=self.size[0], height=self.size[1], channels=spec.channels)
