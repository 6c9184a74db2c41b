"""Min-max normalise."""

from dataclasses import dataclass

from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS, ImageStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class MinmaxNormalize(ImageStep):
    """Stretches an image's values to the full range: its darkest becomes 0, its lightest 255.

    y = 255 (x - min) / (max - min), min and max over all pixels and channels, so that hues stay

    A one-colour image stays as it is.
    """

    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        """The image after this step."""
        pixels = lib.pixels(image)
        low, high = int(pixels.min()), int(pixels.max())
        if low == high or (low, high) == (0, 255):
            return image
        factor = 255 / (high - low)
        return lib.scale(image, factor, -low * factor)
