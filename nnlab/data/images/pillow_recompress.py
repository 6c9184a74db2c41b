"""JPEG and back, by Pillow, whatever library reads the pictures."""

import io

import numpy as np

from nnlab.core.types import Pixels

WHOLE_COLOURS = 90
"""From which quality on colours keep their resolution."""


def recompressed(pixels: Pixels, quality: int) -> Pixels:
    """The pixels after a way through a JPEG file.

    Colours are at half the resolution below WHOLE_COLOURS, as libvips and others write files.

    Options:  quality: 1 to 100, by the Independent JPEG Group's scale.
    Shapes:   pixels and result: (height, width, 1 or 3), uint8
    """
    from PIL import Image

    grey = pixels.shape[2] == 1
    image = Image.fromarray(pixels[:, :, 0] if grey else pixels)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0 if quality >= WHOLE_COLOURS else 2)
    again = Image.frombytes(image.mode, image.size, file.getvalue(), "jpeg", (image.mode, ""))  # half of `open`'s time
    return np.asarray(again).reshape(pixels.shape)
