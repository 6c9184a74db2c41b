"""`nnlab` with pictures read by Pillow, for a machine that has neither libvips nor ImageMagick and cannot fetch them.

    python tests/device/pillow.py train --data-loader=Pillow ...

Good for reading the sets that ship and no more: the device's check looks at networks, not at pictures.
"""

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL
from PIL import Image

from nnlab.__main__ import run
from nnlab.data.images.base import DATA_LOADERS, Colour, ImageLibrary
from nnlab.data.images.formats.base import Header
from nnlab.data.images.held import Held


class Picture(Held):
    """Pixels alone."""

    def make_native(self, pixels: Any) -> Any:
        """Pillow's own image of them."""
        return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)

    def make_pixels(self, native: Any) -> Any:
        """Its values."""
        pixels = np.asarray(native)
        return pixels[:, :, None] if pixels.ndim == 2 else pixels


def picture(native: Any) -> Picture:
    """Pillow's image as nnlab's."""
    return Picture((native.height, native.width, len(native.getbands())), native=native)


@DATA_LOADERS.register
@dataclass(kw_only=True, eq=False)
class Pillow(ImageLibrary):
    """Pillow."""

    @property
    def version(self) -> str:
        """`Pillow 12.0.0`"""
        return f"Pillow {PIL.__version__}"

    def decode_sound(self, encoded: bytes, header: Header) -> Picture:
        """RGB, or RGBA where there is transparency."""
        image = Image.open(io.BytesIO(encoded))
        return picture(image.convert("RGBA" if image.has_transparency_data else "RGB"))

    def image(self, pixels: Any) -> Picture:
        return Picture(pixels.shape, pixels=np.ascontiguousarray(pixels))

    def flatten(self, image: Any, background: Colour) -> Picture:
        if image.shape[2] != 4:
            return image
        canvas = Image.new("RGBA", image.native.size, (*background, 255))
        return picture(Image.alpha_composite(canvas, image.native).convert("RGB"))

    def resize(self, image: Any, width: int, height: int) -> Picture:
        return picture(image.native.resize((width, height), Image.Resampling.LANCZOS))

    def write_png(self, image: Any, path: Path) -> None:
        image.native.save(path, "PNG")


if __name__ == "__main__":
    sys.exit(run())
