"""Pictures that a program opened with Pillow: the pixels that their file would give."""

import sys
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Pixels
from nnlab.data.images.formats.samples import by_rows, cmyk_to_rgb

DEEP = ("I", "I;16", "I;16B", "I;16L", "I;16N")
"""Modes of grey pictures with 16 bits."""


def is_pillow(picture: Any) -> bool:
    """Whether it is an image of Pillow's, which is not imported for that."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(picture, module.Image)


def pillow_pixels(picture: Any) -> Pixels:
    """RGB or RGBA, upright as its EXIF says. Raises DataError: when it cannot be read, or has numbers of no range."""
    from PIL import ImageOps

    try:
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in DEEP:
            deep = np.clip(np.asarray(upright).astype(np.int64), 0, 65535)
            return np.repeat(((deep * 255 + 32767) // 65535).astype(np.uint8)[:, :, None], 3, axis=2)
        if upright.mode == "F":
            raise DataError("has floating-point numbers of no known range", hint="pass an array of 0 to 1")
        if upright.mode == "CMYK":
            return by_rows(cmyk_to_rgb, np.asarray(upright))
        see_through = upright.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in upright.info
        return np.asarray(upright.convert("RGBA" if see_through else "RGB"))
    except (OSError, ValueError, SyntaxError) as error:
        raise DataError(
            f"cannot be read ({error})", where=str(getattr(picture, "filename", "") or "a picture")
        ) from error
