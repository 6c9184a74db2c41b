"""Grey PNG files of 16 bits, by Pillow, whatever library reads the pictures: they are numbers, not pictures."""

import io

from nnlab.core.types import Array


def grey_png(values: Array) -> bytes:
    """The bytes of a PNG file.  Shapes:  values: (height, width), uint16"""
    from PIL import (
        Image,
        PngImagePlugin,  # noqa: F401  # which says how a PNG is written, without a search for all formats
    )

    stream = io.BytesIO()
    height, width = values.shape
    Image.frombytes("I;16", (width, height), values.astype("<u2").tobytes()).save(stream, "PNG", compress_level=4)
    return stream.getvalue()
