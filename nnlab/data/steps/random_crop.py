"""Random crop."""

from dataclasses import dataclass, replace
from typing import Self

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import cropped, extended, shifted, zoomed
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary, ImageSpec
from nnlab.data.steps.base import STEPS, RandomPlacingStep
from nnlab.data.steps.fitting import colour_of, refuse_smaller


@STEPS.register
@dataclass(kw_only=True, eq=False)
class RandomCrop(RandomPlacingStep):
    """Pads every side, then cuts out a part at random: for CIFAR's 32 x 32 pixels `padding=4` is the usual recipe.

    p' = p + (padding - left, padding - top),  left, top evenly among the whole pixels at which the crop fits

    A crop of another size than the image is stretched to it again, bilinear. A strength scales the padding; where
    a size is given, the probability instead.

    Source:  He et al., "Deep Residual Learning for Image Recognition", 2015, section 4.2.
    Raises:  DataError: for an image that, with its padding, is smaller than the crop.
    """

    padding: int = option(4, "pixels added at every side", low=0, high=1000, neutral=0)
    size: tuple[int, int] | None = option(
        None, "width, height of the crop; none: the image's own", low=1, high=10_000, pair=True
    )
    background: tuple[int, int, int] = option((0, 0, 0), "red, green, blue of the padding", low=0, high=255)

    def refuse(self, spec: ImageSpec) -> None:
        """Raises DataError: for images that are smaller than the crop."""
        if self.size is not None:
            refuse_smaller(spec, self.size, "RandomCrop", padding=self.padding)

    def place(self, image: Image, lib: ImageLibrary, rng: Rng) -> Placement:
        """What was cut out."""
        spec, pad, chance = lib.spec(image), self.padding, rng.generator()
        self.refuse(spec)
        before = spec.width, spec.height
        width, height = self.size or before
        left = int(chance.integers(0, before[0] + 2 * pad - width, endpoint=True))
        top = int(chance.integers(0, before[1] + 2 * pad - height, endpoint=True))
        fill = colour_of(self.background, spec.channels)
        if (width, height) == before:
            return shifted(before, pad - left, pad - top, fill) if pad else Placement.unmoved(before)
        padded = before[0] + 2 * pad, before[1] + 2 * pad
        placement = extended(before, pad, pad, padded, fill) if pad else Placement.unmoved(before)
        placement = cropped(padded, left, top, width, height).after(placement)
        return zoomed((width, height), (0, 0, width, height), before).after(placement)

    def at_strength(self, strength: float) -> Self:
        """The same step, weaker."""
        weaker = super().at_strength(strength)
        if self.size is None:
            return weaker
        return replace(weaker, padding=self.padding, probability=strength * self.probability)
