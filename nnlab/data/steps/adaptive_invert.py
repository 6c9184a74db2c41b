"""Adaptive invert."""

from dataclasses import dataclass

from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS, ImageStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class AdaptiveInvert(ImageStep):
    """Turns light on dark into dark on light: inverts when pixel 0,0 is in the lower half.

    y = 255 - x  if the luma of pixel 0,0 is below 127.5

    So backgrounds, of which pixel 0,0 is taken to be one, come out light.
    """

    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        """The image after this step."""
        corner = [int(value) for value in lib.pixels(image)[0, 0]]
        luma = corner[0] if len(corner) == 1 else 0.299 * corner[0] + 0.587 * corner[1] + 0.114 * corner[2]
        return lib.scale(image, -1, 255) if luma < 127.5 else image
