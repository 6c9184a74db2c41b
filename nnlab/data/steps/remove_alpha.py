"""Remove alpha."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.data.images.base import Image, ImageLibrary, ImageSpec
from nnlab.data.steps.base import STEPS, ImageStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class RemoveAlpha(ImageStep):
    """Blends what is transparent over one colour; an image without alpha stays as it is.

    y = x alpha + background (1 - alpha), in sRGB values

    The colour is white, as a browser or a printer shows such a picture. It is not pixel 0,0: under full
    transparency a file's colour is arbitrary.
    """

    background: tuple[int, int, int] = option((255, 255, 255), "red, green, blue behind the image", low=0, high=255)

    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        """The image after this step."""
        return lib.flatten(image, self.background)

    def out_spec(self, spec: ImageSpec) -> ImageSpec:
        """The same size; RGBA becomes RGB."""
        return ImageSpec(width=spec.width, height=spec.height, channels=3 if spec.channels == 4 else spec.channels)

    def leaves(self, spec: ImageSpec) -> bool:
        """Whether there is nothing to do."""
        return spec.channels != 4
