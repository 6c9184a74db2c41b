"""Cutout."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.steps.base import STEPS, RandomPixelStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Cutout(RandomPixelStep):
    """Covers a square with one colour, so that a network cannot go by one part of a thing alone.

    Its side is a share of the image's shorter side, drawn evenly from the range; its middle is any pixel, drawn evenly,
    so that a part of it may lie outside. Masks, boxes and points stay: what is covered is still there.

    Source:  DeVries and Taylor, "Improved regularization of convolutional neural networks with Cutout", 2017.
    """

    also_called = ("RandomErasing", "CoarseDropout")

    side: tuple[float, float] = option(
        (0.25, 0.5), "least and greatest side, as a share of the image's shorter one", low=0, high=2, ordered=True,
        neutral=0,
    )  # fmt: skip
    fill: Literal["mean", "grey", "black"] = option("mean", "its colour: the image's mean, middle grey, or black")

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        height, width = pixels.shape[:2]
        side = round(float(chance.uniform(*self.side)) * min(height, width))
        top, left = (int(chance.integers(length)) - side // 2 for length in (height, width))
        covered = pixels.copy()
        covered[max(top, 0) : top + side, max(left, 0) : left + side] = self._colour(pixels)
        return covered

    def _colour(self, pixels: Pixels) -> "Pixels | int":
        if self.fill == "mean":
            height, width, channels = pixels.shape
            rows = pixels.reshape(height, width * channels).sum(axis=0, dtype=np.int64)  # by rows first: quicker
            mean: Pixels = np.rint(rows.reshape(width, channels).sum(axis=0) / (height * width)).astype(np.uint8)
            return mean
        return 128 if self.fill == "grey" else 0
