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

    mode, size = "L" if pixels.shape[2] == 1 else "RGB", pixels.shape[1::-1]
    again = Image.frombytes(mode, size, jpeg_file(pixels, quality), "jpeg", (mode, ""))  # half of `open`'s time
    return np.asarray(again).reshape(pixels.shape)


def jpeg_file(pixels: Pixels, quality: int) -> bytes:
    """The pixels as the bytes of a JPEG file.

    Options:  as above.
    """
    from PIL import Image

    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0 if quality >= WHOLE_COLOURS else 2)
    return file.getvalue()
