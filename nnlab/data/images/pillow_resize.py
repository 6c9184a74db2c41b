"""Interpolations by name: Pillow's, whichever library decodes, so that they are the same in all."""

from typing import Literal

import numpy as np

from nnlab.core.types import Pixels

Interpolation = Literal["auto", "nearest", "bilinear", "cubic", "area", "lanczos"]

FILTERS = {"nearest": "NEAREST", "bilinear": "BILINEAR", "cubic": "BICUBIC", "area": "BOX", "lanczos": "LANCZOS"}
"""Pillow's names for them. To shrink, all but nearest reach over as many pixels as become one: no aliasing."""


def resized(pixels: Pixels, width: int, height: int, interpolation: Interpolation) -> Pixels:
    """Stretched to that size, across first, then down.

    Raises:  MemoryError: where there is no room for it.
    """
    from PIL.Image import Resampling, fromarray

    native = fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    made = native.resize((width, height), Resampling[FILTERS[interpolation]])
    return np.asarray(made).reshape(height, width, pixels.shape[2])
