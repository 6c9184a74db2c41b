"""Rotate."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS, RandomImageStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Rotate(RandomImageStep):
    """Turns by an angle drawn evenly from -max_degrees to max_degrees, then crops back to the size it had.

    Corners that come into view have the colour of pixel 0,0.
    """

    max_degrees: float = option(0.0, "greatest angle, in degrees; 0 for none", low=0, high=180)

    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after this step."""
        if self.max_degrees == 0:
            return image
        before = lib.spec(image)
        corner = tuple(int(value) for value in lib.pixels(image)[0, 0])
        turned = lib.rotate(image, float(rng.generator().uniform(-self.max_degrees, self.max_degrees)), corner)
        after = lib.spec(turned)
        width, height = max(after.width, before.width), max(after.height, before.height)
        if (width, height) != (after.width, after.height):  # a flat image near a quarter turn
            left, top = (width - after.width) // 2, (height - after.height) // 2
            turned = lib.extend(turned, left, top, width, height, corner)
        return lib.crop(turned, (width - before.width) // 2, (height - before.height) // 2, before.width, before.height)
