"""Quarter turn."""

from dataclasses import dataclass

from nnlab.core.placement import Placement
from nnlab.core.placements import quartered
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS, RandomPlacingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class QuarterTurn(RandomPlacingStep):
    """Turns by 0, 90, 180 or 270 degrees, evenly, to the pixel; an image that is no square by 0 or 180.

    y = x turned k times,  k ~ U{0, 1, 2, 3}

    For pictures that have no upper side: from above, or through a microscope. A strength scales the probability.
    """

    also_called = ("RandomRotate90", "Rotate90")

    def place(self, image: Image, lib: ImageLibrary, rng: Rng) -> Placement:
        """Turned."""
        spec, turns = lib.spec(image), int(rng.generator().integers(4))
        return quartered((spec.width, spec.height), turns if spec.width == spec.height else turns // 2 * 2)
