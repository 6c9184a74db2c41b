"""ImageMagick: its C interface, so that pixels go straight into NumPy's memory (wand's own calls make Python lists)."""

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.types import Pixels
from nnlab.data.images.base import DATA_LOADERS, Colour, Image, ImageLibrary
from nnlab.data.images.formats.base import Header
from nnlab.data.images.formats.complaints import is_harmless
from nnlab.data.images.formats.samples import Samples
from nnlab.data.images.held import Held
from nnlab.data.images.magick_limits import BYTES_PER_PIXEL, cache_bytes, failure, refuse_beyond
from nnlab.data.images.magick_wand import Wand
from nnlab.data.images.magick_wand import library as _library

MAPS = {1: b"I", 3: b"RGB", 4: b"RGBA"}
"""ImageMagick's name for the order of the channels, by their number."""


class Picture(Held):
    """A MagickWand with one image."""

    def make_native(self, pixels: Pixels) -> Any:
        """A wand that holds a copy of the pixels."""
        height, width, channels = pixels.shape
        wand = Wand()
        wand.do("MagickConstituteImage", width, height, MAPS[channels], _library().char, pixels.ctypes.data)
        return wand

    def make_pixels(self, native: Any) -> Pixels:
        """The wand's pixels, written by ImageMagick into a new array."""
        height, width, channels = self.shape
        pixels = np.empty((height, width, channels), np.uint8)
        native.do("MagickExportImagePixels", 0, 0, width, height, MAPS[channels], _library().char, pixels.ctypes.data)
        return pixels

    def copy(self) -> Wand:
        """A wand of its own to change; its pixels are shared until then."""
        wand: Wand = self.native.derived("CloneMagickWand")
        return wand


@DATA_LOADERS.register
@dataclass(kw_only=True, eq=False)
class ImageMagick(ImageLibrary):
    """ImageMagick 6 or 7, through the library that wand finds."""

    @property
    def version(self) -> str:
        """`ImageMagick 6.9.11-60 Q16 x86_64`"""
        return " ".join(_library().version.split()[:4])

    def room(self) -> int:
        """Half of the free memory, or what ImageMagick's limits allow all pictures together, whichever is less."""
        _library()
        return min(super().room(), cache_bytes())

    def weight(self, header: Header) -> int:
        """Bytes that a picture takes in ImageMagick's cache while it is prepared."""
        return (BYTES_PER_PIXEL + 3 * (header.pixel_bytes - 4)) * header.width * header.height

    def decode_sound(self, encoded: bytes, header: Header) -> Image:
        """The decoded image; see ImageLibrary.decode."""
        wand, magick = Wand(), _library().call
        refuse_beyond(header)
        wand.do("MagickSetFormat", header.format.encode())  # never a guess: some of ImageMagick's formats are programs
        if header.reduction > 1:  # with three digits the quotient is exact, and so is the factor that comes of it
            size = f"{header.width / header.reduction:.3f}x{header.height / header.reduction:.3f}"
            wand.do("MagickSetOption", b"jpeg:size", size.encode())
        read = magick.MagickReadImageBlob(wand.handle, encoded, len(encoded))
        complaint = wand.complaint()
        if not read or (complaint.is_serious and not is_harmless(complaint.reason)):
            raise failure(complaint, "", header=header)
        magick.MagickSetIteratorIndex(wand.handle, 0)  # of a file with several pages: the first
        wand.do("MagickResetImagePage", b"")
        if header.samples is not None:
            return self.image(header.samples.rgb(_samples(wand, header.samples)))
        wand.do("MagickTransformImageColorspace", _library().srgb)
        alpha = bool(magick.MagickGetImageAlphaChannel(wand.handle))
        return Picture((*_size(wand), 4 if alpha else 3), native=wand)

    def image(self, pixels: Pixels) -> Image:
        """An image of these pixels."""
        return Picture(pixels.shape, pixels=np.ascontiguousarray(pixels))

    def flatten(self, image: Image, background: Colour) -> Image:
        """Blended over `background`, in sRGB values."""
        height, width, channels = image.shape
        if channels != 4:
            return image
        wand = image.copy()
        wand.set_background(background)
        return Picture((height, width, 3), native=wand.derived("MagickMergeImageLayers", _library().flatten))

    def resize(self, image: Image, width: int, height: int) -> Image:
        """Lanczos of 3 lobes to shrink, bicubic (Catmull-Rom) to grow, each direction by itself."""
        old_height, old_width, channels = image.shape
        if (old_width, old_height) == (width, height):
            return image
        wand, magick = image.copy(), _library()
        across = magick.lanczos if width < old_width else magick.catrom
        down = magick.lanczos if height < old_height else magick.catrom
        if across == down:
            wand.do("MagickResizeImage", width, height, across, 1.0)
        else:
            wand.do("MagickResizeImage", width, old_height, across, 1.0)
            wand.do("MagickResizeImage", width, height, down, 1.0)
        return Picture((height, width, channels), native=wand)

    def write_png(self, image: Image, path: Path) -> None:
        """Writes a PNG file."""
        try:
            path.write_bytes(self.png(image))
        except OSError as error:
            raise DataError(f"cannot be written ({error.strerror})", where=printable(path)) from error

    def png(self, image: Image) -> bytes:
        """The image as the bytes of a PNG file."""
        wand, magick, length = image.copy(), _library().call, ctypes.c_size_t()
        wand.do("MagickStripImage")
        wand.do("MagickSetImageFormat", b"PNG")
        blob = magick.MagickGetImageBlob(wand.handle, ctypes.byref(length))
        if not blob:
            raise failure(wand.complaint(), "MagickGetImageBlob")
        encoded = ctypes.string_at(blob, length.value)
        magick.MagickRelinquishMemory(blob)
        return encoded


def _size(wand: Wand) -> tuple[int, int]:
    """Height and width."""
    magick = _library().call
    return magick.MagickGetImageHeight(wand.handle), magick.MagickGetImageWidth(wand.handle)


def _samples(wand: Wand, samples: Samples) -> Pixels:
    """A TIFF's samples as they stand in the file: (height, width, samples), at most five."""
    order = {1: b"R", 2: b"RA", 3: b"RGB", 4: b"RGBA"}.get(samples.count, b"CMYKA")
    if samples.count < 5:
        wand.do("MagickTransformImageColorspace", _library().srgb)
    height, width = _size(wand)
    found = np.empty((height, width, len(order)), np.uint8)
    wand.do("MagickExportImagePixels", 0, 0, width, height, order, _library().char, found.ctypes.data)
    return found
