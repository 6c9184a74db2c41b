"""Pillow: no chains and no start-up, so that small pictures are read soonest."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, ResourceError
from nnlab.core.printing import printable
from nnlab.core.types import Pixels
from nnlab.data.images.base import DATA_LOADERS, Colour, Image, ImageLibrary
from nnlab.data.images.formats.base import Header
from nnlab.data.images.formats.complaints import fault
from nnlab.data.images.held import Held
from nnlab.data.images.pillow_files import CLASSES, decode_with_pillow


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Raises ResourceError: where Pillow says that memory is wanting."""
    try:
        yield
    except MemoryError as error:
        raise ResourceError("Pillow has no room for it", hint="use fewer --workers, or free some memory") from error


class Picture(Held):
    """A Pillow image."""

    def make_native(self, pixels: Pixels) -> Any:
        """A Pillow image of the pixels, copied."""
        from PIL.Image import fromarray

        with _plain_errors():
            return fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)

    def make_pixels(self, native: Any) -> Pixels:
        """Its pixels, copied."""
        with _plain_errors():
            return np.asarray(native).reshape(self.shape)


def _picture(native: Any) -> Picture:
    return Picture((native.height, native.width, len(native.getbands())), native=native)


@DATA_LOADERS.register
@dataclass(kw_only=True, eq=False)
class Pillow(ImageLibrary):
    """Pillow, the library that other Python packages read pictures with."""

    @property
    def version(self) -> str:
        """`Pillow 13.0.0`"""
        import PIL

        return f"Pillow {PIL.__version__}"

    def decode_sound(self, encoded: bytes, header: Header) -> Image:
        """The decoded image; see ImageLibrary.decode."""
        if header.format not in CLASSES:
            raise fault(f"no decode delegate for {header.format.upper()}", "Pillow", "ImageMagick")
        with _plain_errors():
            return self.image(decode_with_pillow(encoded, header))

    def image(self, pixels: Pixels) -> Image:
        """An image of these pixels."""
        return Picture(pixels.shape, pixels=np.ascontiguousarray(pixels))

    def flatten(self, image: Image, background: Colour) -> Image:
        """Blended over `background`, in sRGB values."""
        from PIL import Image as pillow

        height, width, channels = image.shape
        if channels != 4:
            return image
        with _plain_errors():
            canvas = pillow.new("RGBA", (width, height), (*background[:3], 255))
            return _picture(pillow.alpha_composite(canvas, image.native).convert("RGB"))

    def resize(self, image: Image, width: int, height: int) -> Image:
        """Lanczos of 3 lobes to shrink, bicubic (Catmull-Rom) to grow, each direction by itself."""
        from PIL.Image import Resampling

        old_height, old_width, _ = image.shape
        if (old_width, old_height) == (width, height):
            return image
        across = Resampling.LANCZOS if width < old_width else Resampling.BICUBIC
        down = Resampling.LANCZOS if height < old_height else Resampling.BICUBIC
        with _plain_errors():
            if across == down or width == old_width or height == old_height:
                return _picture(image.native.resize((width, height), across if width != old_width else down))
            return _picture(image.native.resize((width, old_height), across).resize((width, height), down))

    def write_png(self, image: Image, path: Path) -> None:
        """Writes a PNG file; the same pixels give the same bytes."""
        try:
            path.write_bytes(_png(image, 9))
        except OSError as error:
            raise DataError(f"cannot be written ({error.strerror})", where=printable(path)) from error

    def png(self, image: Image) -> bytes:
        """The image as the bytes of a PNG file."""
        return _png(image, 4)


def _png(image: Image, level: int) -> bytes:
    from PIL import PngImagePlugin  # noqa: F401  # which says how a PNG is written, without a search for all formats

    stream = io.BytesIO()
    with _plain_errors():
        image.native.save(stream, "PNG", compress_level=level)
    return stream.getvalue()
