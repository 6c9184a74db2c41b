"""Trim."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import cropped, extended
from nnlab.core.types import Pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS, PlacingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Trim(PlacingStep):
    """Cuts to the content's box, then gives the original aspect ratio back with equal borders at two sides.

    Content is every pixel of which a channel differs from pixel 0,0 by more than `threshold`; the borders have the
    colour of pixel 0,0. Without content (a one-colour image) the image stays as it is.
    """

    threshold: int = option(
        10, "how far a channel of the content differs from pixel 0,0, at least 1 more", low=0, high=254
    )

    def place(self, image: Image, lib: ImageLibrary) -> Placement:
        """The content's box, on a canvas of the aspect ratio there was."""
        pixels = lib.pixels(image)
        size = (pixels.shape[1], pixels.shape[0])
        placement, box = Placement.unmoved(size), content_box(pixels, self.threshold)
        if box is None:
            return placement
        width, height = box[2:]
        if (width, height) != size:
            placement = cropped(size, *box)
        canvas = same_aspect(width, height, *size)
        if canvas == (width, height):
            return placement
        corner = tuple(int(value) for value in pixels[0, 0])
        left, top = (canvas[0] - width) // 2, (canvas[1] - height) // 2
        return extended((width, height), left, top, canvas, corner).after(placement)


def content_box(pixels: Pixels, threshold: int) -> tuple[int, int, int, int] | None:
    """Left, top, width and height of the smallest box that holds every pixel unlike pixel 0,0; None without any."""
    corner = pixels[0, 0].astype(np.int16)
    low = np.clip(corner - threshold, 0, 255).astype(np.uint8)
    span = np.clip(corner + threshold, 0, 255).astype(np.uint8) - low
    unlike = (pixels - low) > span  # unsigned: what is below `low` wraps round to above `span`
    by_row = unlike.reshape(len(pixels), -1).any(axis=1)
    if not by_row.any():
        return None
    by_column = unlike.any(axis=0).any(axis=1)
    top, bottom = int(by_row.argmax()), len(by_row) - int(by_row[::-1].argmax())
    left, right = int(by_column.argmax()), len(by_column) - int(by_column[::-1].argmax())
    return left, top, right - left, bottom - top


def same_aspect(width: int, height: int, like_width: int, like_height: int) -> tuple[int, int]:
    """The smallest canvas for width x height that has the aspect ratio like_width : like_height, to the pixel."""
    if width * like_height < height * like_width:
        return max(width, round(height * like_width / like_height)), height
    return width, max(height, round(width * like_height / like_width))
