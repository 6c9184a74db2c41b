"""Resized crop."""

import math
from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import cropped, resized
from nnlab.data.images.base import Image, ImageLibrary, ImageSpec
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.fitting import FittingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class ResizedCrop(FittingStep):
    """Gives every image the same size, all of which it fills: its aspect ratio is kept, and two sides are cut off.

    s = max(width' / width, height' / height) / share: for a square, the shorter side becomes its side;  then its middle

    What stands over is cut off before it is scaled, but for a pixel or two, so a long strip costs no more than others.
    """

    share: float = option(1.0, "share of the shorter side that is in view; ImageNet: 0.875", above=0, high=1)

    @property
    def scaled(self) -> tuple[int, int]:
        """What is cut off is scaled as well."""
        return math.ceil(self.size[0] / self.share), math.ceil(self.size[1] / self.share)

    def place(self, image: Image, lib: ImageLibrary) -> Placement:
        """The middle, scaled, and the middle of that to the pixel."""
        spec = lib.spec(image)
        before = spec.width, spec.height
        scale = max(self.size[0] / before[0], self.size[1] / before[1]) / self.share
        kept = _kept(before[0], self.size[0] / scale), _kept(before[1], self.size[1] / scale)
        scaled = max(self.size[0], round(kept[0] * scale)), max(self.size[1], round(kept[1] * scale))
        placement = Placement.unmoved(before)
        if kept != before:
            placement = cropped(before, (before[0] - kept[0]) // 2, (before[1] - kept[1]) // 2, *kept)
        if scaled != kept:
            placement = resized(kept, scaled, self.interpolation).after(placement)
        if scaled != self.size:
            left, top = (scaled[0] - self.size[0]) // 2, (scaled[1] - self.size[1]) // 2
            placement = cropped(scaled, left, top, *self.size).after(placement)
        return placement

    def leaves(self, spec: ImageSpec) -> bool:
        """Whether there is nothing to do."""
        return self.share == 1 and super().leaves(spec)


def _kept(length: int, needed: float) -> int:
    """The fewest pixels that have what is needed, and the same middle to the pixel as all of them."""
    pixels = min(length, math.ceil(needed - 1e-6))  # 1e-6: rounding must not ask for one more
    return pixels + (length - pixels) % 2
