"""Random resized crop."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.placement import Placement, Size
from nnlab.core.placements import zoomed
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.moving import MovingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class RandomResizedCrop(MovingStep):
    """Stretches a part of the image, of any size and shape within the ranges, to all of it; bilinear.

    w = sqrt(a r) width,  h = sqrt(a / r) height,  a ~ U(scale),  log r ~ U(log ratio) where w and h fit;  anywhere

    The part's sides are no whole pixels. Nothing comes into view, and its outermost pixels are blended with none.

    Source:  Szegedy et al., "Going Deeper with Convolutions", 2014, section 6; the ranges are those of ResNet's recipe.
    """

    also_called = ("RandomSizedCrop",)

    scale: tuple[float, float] = option(
        (0.08, 1.0), "least and greatest share of the image's area", above=0, high=1, ordered=True, neutral=1
    )
    ratio: tuple[float, float] = option(
        (3 / 4, 4 / 3),
        "least and greatest ratio of its width to its height, 1 being the image's own",
        low=0.1, high=10, ordered=True, neutral=1,
    )  # fmt: skip

    def moved(self, size: Size, fill: Sequence[int], chance: np.random.Generator) -> Placement:
        """The part, stretched."""
        area = chance.uniform(*self.scale)
        low, high = (min(max(ratio, area), 1 / area) for ratio in self.ratio)  # wider or higher would not fit
        ratio = math.exp(chance.uniform(math.log(low), math.log(high)))
        width, height = min(1.0, math.sqrt(area * ratio)), min(1.0, math.sqrt(area / ratio))
        left, top = (1 - width) * chance.random(), (1 - height) * chance.random()
        if width == height == 1:
            return Placement.unmoved(size)
        return zoomed(
            size, [part * side for part, side in zip((left, top, width, height), 2 * size, strict=True)], size
        )
