"""Letterbox."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import extended, resized
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.fitting import GREY, FittingStep, colour_of


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Letterbox(FittingStep):
    """Gives every image the same size, all of it in view: its aspect ratio is kept, and two sides get bars.

    p' = s p + (left, top),  s = min(width' / width, height' / height),  left = (width' - s width) / 2, top alike

    Both are whole pixels; of an odd number the right or lower bar has one more.
    """

    background: tuple[int, int, int] = option(GREY, "red, green, blue of the bars", low=0, high=255)

    def place(self, image: Image, lib: ImageLibrary) -> Placement:
        """As large as it fits, in the middle of the canvas."""
        spec = lib.spec(image)
        before, (width, height) = (spec.width, spec.height), self.size
        scale = min(width / before[0], height / before[1])
        inner = max(1, round(before[0] * scale)), max(1, round(before[1] * scale))
        placement = Placement.unmoved(before) if inner == before else resized(before, inner, self.interpolation)
        if inner == self.size:
            return placement
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        fill = colour_of(self.background, spec.channels)
        return extended(inner, left, top, self.size, fill).after(placement)
