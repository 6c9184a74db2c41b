"""Pictures that a program opened with Pillow: the pixels that their file would give."""

import sys
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Pixels
from nnlab.data.images.formats.plain import rgb_of
from nnlab.data.images.formats.samples import by_rows, cmyk_to_rgb


def is_pillow(picture: Any) -> bool:
    """Whether it is an image of Pillow's, which is not imported for that."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(picture, module.Image)


def pillow_pixels(picture: Any) -> Pixels:
    """RGB or RGBA, upright as its EXIF says. Raises DataError: when it cannot be read, or has samples of no range."""
    from PIL import ImageOps

    try:
        upright = ImageOps.exif_transpose(picture)
        return by_rows(cmyk_to_rgb, np.asarray(upright)) if upright.mode == "CMYK" else rgb_of(upright)
    except (OSError, ValueError, SyntaxError) as error:
        where = str(getattr(picture, "filename", "")) or "a picture"
        raise DataError(f"cannot be read ({error})", where=where) from error
