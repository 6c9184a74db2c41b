"""Pixels as a viewer shows them: on their canvas, upright."""

import numpy as np

from nnlab.core.types import Pixels
from nnlab.data.images.formats.base import Canvas, Header


def arranged(pixels: Pixels, header: Header) -> Pixels:
    """Decoded pixels, placed and turned as their header says."""
    if header.canvas is not None:
        pixels = _placed(pixels, header.canvas)
    return upright(pixels, header.orientation)


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turned by quarters and mirrored, as EXIF counts from 1 to 8.

    From 5 on, rows of the file are columns of the picture; of each four, the second and third are mirrored from left to
    right, the third and fourth from top to bottom.
    """
    if orientation == 1:
        return pixels
    turns = {
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.transpose(1, 0, 2),
        6: pixels.transpose(1, 0, 2)[:, ::-1],
        7: pixels.transpose(1, 0, 2)[::-1, ::-1],
        8: pixels.transpose(1, 0, 2)[::-1],
    }
    return np.ascontiguousarray(turns[orientation])


def _placed(pixels: Pixels, canvas: Canvas) -> Pixels:
    """On a canvas that is transparent where nothing was drawn."""
    height, width, channels = pixels.shape
    placed = np.zeros((canvas.height, canvas.width, 4), np.uint8)
    there = placed[canvas.top : canvas.top + height, canvas.left : canvas.left + width]
    there[:, :, 3] = 255
    there[:, :, :channels] = pixels[: there.shape[0], : there.shape[1]]
    return placed
