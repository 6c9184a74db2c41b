"""Small pictures for a page, made from a dataset's samples."""

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Pixels
from nnlab.data.given import given_together
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.images.pillow_recompress import jpeg_file
from nnlab.data.images.pillow_resize import resized
from nnlab.data.prepare import Preparation
from nnlab.data.source import Sample
from nnlab.data.steps.remove_alpha import RemoveAlpha
from nnlab.tracking.pages.pictures import Picture

SIDE = 112
"""Of the box that a picture is fitted into, in pixels."""

QUALITY = 80
"""Of the JPEG that it becomes in the page."""


def thumbnail(sample: Sample, data_loader: str) -> Picture | None:
    """The picture within a box of SIDE; None where it cannot be read."""
    library = DATA_LOADERS.get(data_loader)()
    preparation = Preparation(steps=(RemoveAlpha(),), library=library, wanted=(SIDE // 2, SIDE // 2), disk_cache=False)
    try:
        pixels, _ = preparation.sample(next(given_together([sample])))
    except DataError:
        return None
    small = _fitted(pixels)
    height, width = small.shape[:2]
    return Picture(jpeg_file(small, QUALITY), width, height, "jpeg")


def _fitted(pixels: Pixels) -> Pixels:
    """Within the box; what is much smaller, larger by a whole factor, so that each pixel stays a square."""
    height, width = pixels.shape[:2]
    longer = max(height, width)
    if longer <= SIDE:
        factor = max(1, min(SIDE // longer, 4))
        return np.ascontiguousarray(pixels.repeat(factor, axis=0).repeat(factor, axis=1))
    return resized(pixels, max(1, round(width * SIDE / longer)), max(1, round(height * SIDE / longer)), "area")
