"""What the random steps have in common that move a whole image: what comes into view has the colour of pixel 0,0."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.placement import Placement, Size
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import RandomPlacingStep


@dataclass(kw_only=True, eq=False)
class MovingStep(RandomPlacingStep):
    """A step whose placement follows from the image's size and chance alone, but for that colour."""

    @abstractmethod
    def moved(self, size: Size, fill: Sequence[int], chance: "np.random.Generator") -> Placement:
        """Where the pixels of an image of that size go."""

    def place(self, image: Image, lib: ImageLibrary, rng: Rng) -> Placement:
        """As `moved` draws it."""
        pixels = lib.pixels(image)
        height, width, _ = pixels.shape
        return self.moved((width, height), pixels[0, 0].tolist(), rng.generator())
