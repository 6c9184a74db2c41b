"""CutMix."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.data.mixing.base import MIXINGS, Mixing


@MIXINGS.register
@dataclass(kw_only=True, eq=False)
class CutMix(Mixing):
    """A box of one image is covered by the same box of another.

    The box has sqrt(1 - s) of the width and of the height, about a pixel drawn evenly, and is cut off at the image's
    edges. The targets are mixed by what is left of each:  s' = 1 - box / image,  in pixels;  s ~ Beta(alpha, alpha)

    Source:  Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", 2019.
    """

    def mixed(self, images: Array, partners: Array, share: float, chance: "np.random.Generator") -> tuple[Array, float]:
        """Each with its partner's box in it."""
        height, width = images.shape[1:3]
        side = math.sqrt(1 - share)
        (top, bottom), (left, right) = (_span(length, round(length * side), chance) for length in (height, width))
        covered = images.copy()
        covered[:, top:bottom, left:right] = images[partners, top:bottom, left:right]
        return covered, 1 - (bottom - top) * (right - left) / (height * width)


def _span(length: int, size: int, chance: "np.random.Generator") -> tuple[int, int]:
    start = int(chance.integers(length)) - size // 2
    return max(start, 0), min(start + size, length)
