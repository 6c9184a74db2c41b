"""Fewer pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS, RandomImageStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Resolution(RandomImageStep):
    """As a picture that was taken with fewer pixels: shrunk to a share of its sides, and made as large again.

    The share is drawn evenly from the range; at least one pixel is left of a side.
    """

    also_called = ("Downscale", "Pixelate", "LowResolution")

    share: tuple[float, float] = option(
        (0.3, 1.0), "least and greatest share of the sides that is left", above=0, high=1, ordered=True, neutral=1
    )

    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after this step."""
        share, spec = float(rng.generator().uniform(*self.share)), lib.spec(image)
        width, height = max(1, round(spec.width * share)), max(1, round(spec.height * share))
        if (width, height) == (spec.width, spec.height):
            return image
        return lib.resize(lib.resize(image, width, height), spec.width, spec.height)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Fewer pixels whatever is drawn."""
        return ({"share": (0.2, 0.6)},)
