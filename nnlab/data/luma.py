"""Brightness of colours."""

import numpy as np

from nnlab.core.types import Pixels


def luma(pixels: Pixels) -> Pixels:
    """0.299 R + 0.587 G + 0.114 B, rounded, in whole numbers.

    Source:  ITU-R BT.601, luma.
    Shapes:  pixels: (height, width, 3 or 4), uint8; result: (height, width)
    """
    weighted = pixels[:, :, 0] * np.uint32(19595)
    weighted += pixels[:, :, 1] * np.uint32(38470)
    weighted += pixels[:, :, 2] * np.uint32(7471)
    weighted += np.uint32(1 << 15)
    weighted >>= 16
    return weighted.astype(np.uint8)
