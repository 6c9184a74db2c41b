"""The contract that every image library implements: about a dozen primitives on the library's own image."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.component import Component
from nnlab.core.errors import DataError
from nnlab.core.machine import available_memory
from nnlab.core.printing import printable
from nnlab.core.registry import Registry
from nnlab.core.types import Pixels, Shape
from nnlab.data.images.formats.arrange import arranged
from nnlab.data.images.formats.base import Header
from nnlab.data.images.formats.plain import PLUGINS, decode_plain
from nnlab.data.images.header import file_bytes, read_header
from nnlab.data.images.pillow_resize import Interpolation, resized
from nnlab.data.luma import luma
from nnlab.data.values import looked_up

Image = Any
"""An image as its library keeps it (held.py): only its size and pixels are for others. A primitive gives a new one."""

BYTES_PER_PIXEL = 12
"""What a picture takes while it is prepared: decoded, as 8-bit values, and a step's result."""

Colour = tuple[int, ...]
"""One value 0..255 per channel."""


@dataclass(frozen=True)
class ImageSpec:
    """What is known of an image without its pixels: sizes in pixels; channels 1 (grey), 3 (RGB) or 4 (RGBA)."""

    width: int
    height: int
    channels: int


@dataclass(kw_only=True, eq=False)
class ImageLibrary(Component, ABC):
    """Decodes and transforms images. Every image is 8 bits per channel, sRGB (3 or 4 channels) or grey (1)."""

    @property
    @abstractmethod
    def version(self) -> str:
        """The library's name and version, as `nnlab doctor` and the disk cache's key say it. Raises MissingError."""

    def read(self, path: Path) -> Image:
        """The decoded image of a file, as `decode` gives it.

        Raises:  DataError: naming the file and why: missing, empty, not an image, too large, corrupt, truncated.
        """
        try:
            return self.decode(file_bytes(path))
        except DataError as error:
            raise DataError(error.what, where=printable(path), hint=error.hint) from error

    def decode(self, encoded: bytes, header: Header | None = None, *, wanted: tuple[int, int] | None = None) -> Image:
        """The decoded image, upright (EXIF orientation applied), 8-bit, RGB or RGBA whatever the file held
        (grey, 16-bit, CMYK and palette files too).

        Options:  header: as `read_header` gave it, where that was asked before.
                  wanted: the width and height that it will be shrunk to: a JPEG may come smaller then, of at least
                  twice that size.
        Raises:   DataError: with the reason, no file named.  ResourceError: memory is wanting.
        """
        header = header or read_header(encoded)
        header = header if wanted is None else header.reduced(wanted)
        if header.format in PLUGINS:
            image = self.image(decode_plain(header.format, header.bare or encoded))
        else:
            image = self.decode_sound(header.bare or encoded, header)
        if header.reduction > 1:  # whole pixels alone: of what is left beside, not all libraries make one
            image = self.crop(image, 0, 0, header.width // header.reduction, header.height // header.reduction)
        if header.canvas is None and header.orientation == 1:
            return image
        return self.image(arranged(self.pixels(image), header))

    def from_array(self, pixels: Pixels) -> Image:
        """An image of pixels that lie in an array: RGB or RGBA, as `decode` gives those of a file."""
        return self.image(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)

    def room(self) -> int:
        """How many bytes all pictures together may take that are in work at once: half of the free memory."""
        return available_memory() // 2

    def weight(self, header: Header) -> int:
        """About how many bytes a picture takes while it is prepared."""
        return (BYTES_PER_PIXEL - 4 + header.pixel_bytes) * header.width * header.height

    @abstractmethod
    def decode_sound(self, encoded: bytes, header: Header) -> Image:
        """`decode` for bytes whose header was read and found sound; not yet turned, nor placed on a canvas."""

    def spec(self, image: Image) -> ImageSpec:
        """Its size and channels."""
        spec: ImageSpec = image.spec
        return spec

    def pixels(self, image: Image) -> Pixels:
        """Its pixels, (height, width, channels) uint8, from the library's own buffer; made once and kept."""
        pixels: Pixels = image.pixels
        return pixels

    @abstractmethod
    def image(self, pixels: Pixels) -> Image:
        """An image of these pixels (the way back)."""

    @abstractmethod
    def flatten(self, image: Image, background: Colour) -> Image:
        """Without alpha: blended over `background`; an image without alpha as it is."""

    def crop(self, image: Image, left: int, top: int, width: int, height: int) -> Image:
        """The part of it that the box names.

        Done on the pixels, as `extend` is: on small images a library's call costs more than the copy.
        """
        return self.image(self.pixels(image)[top : top + height, left : left + width])

    def extend(self, image: Image, left: int, top: int, width: int, height: int, background: Colour) -> Image:
        """A canvas of width x height in `background`, large enough for the image, which is placed at (left, top)."""
        pixels = self.pixels(image)
        canvas = _canvas((height, width, pixels.shape[2]), background)
        canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        return self.image(canvas)

    def shift(self, image: Image, right: int, down: int, background: Colour) -> Image:
        """Moved by whole pixels on a canvas of its own size in `background`. Done on the pixels."""
        pixels = self.pixels(image)
        height, width, _ = pixels.shape
        canvas = _canvas(pixels.shape, background)
        left, top = max(right, 0), max(down, 0)
        across, high = max(width - abs(right), 0), max(height - abs(down), 0)
        canvas[top : top + high, left : left + across] = pixels[top - down :, left - right :][:high, :across]
        return self.image(canvas)

    def mirror(self, image: Image) -> Image:
        """Left and right change places. Done on the pixels."""
        pixels = self.pixels(image)
        return self.image(pixels.take(np.arange(pixels.shape[1] - 1, -1, -1), axis=1))  # quicker than [:, ::-1]

    def flip(self, image: Image) -> Image:
        """Top and bottom change places. Done on the pixels."""
        return self.image(self.pixels(image)[::-1])

    def quarters(self, image: Image, turns: int) -> Image:
        """Turned clockwise by quarters. Done on the pixels."""
        return self.image(np.rot90(self.pixels(image), -turns))

    @abstractmethod
    def resize(self, image: Image, width: int, height: int) -> Image:
        """Exactly width x height; the aspect ratio is not kept."""

    def interpolated(self, image: Image, width: int, height: int, interpolation: Interpolation) -> Image:
        """The same by an interpolation that has a name (not auto); one and the same code for all libraries."""
        spec = self.spec(image)
        if (spec.width, spec.height) == (width, height):
            return image
        return self.image(resized(self.pixels(image), width, height, interpolation))

    def grayscale(self, image: Image) -> Image:
        """One channel: the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, rounded.

        Done on the pixels, in whole numbers: quicker on small images than either library's call, and the same in both.
        """
        pixels = self.pixels(image)
        if pixels.shape[2] == 1:
            return image
        return self.image(luma(pixels)[:, :, None])

    def scale(self, image: Image, factor: float, offset: float) -> Image:
        """factor * value + offset for every value, clipped to 0..255 and rounded (minmax, invert).

        A table of 256 values: quicker on small images than either library's call, and the same in both.
        """
        return self.image(looked_up(self.pixels(image), np.arange(256.0) * factor + offset))

    @abstractmethod
    def write_png(self, image: Image, path: Path) -> None:
        """Writes a PNG file."""

    def png(self, image: Image) -> bytes:
        """The image as the bytes of a PNG file, packed quickly rather than tightly."""
        import tempfile  # takes a while, and few write pictures

        with tempfile.TemporaryDirectory() as folder:
            self.write_png(image, Path(folder) / "image.png")
            return (Path(folder) / "image.png").read_bytes()


def _canvas(shape: Shape, background: Colour) -> Pixels:
    """An array in one colour, written row by row: three values at a time take ten times as long."""
    canvas = np.empty(shape, np.uint8)
    canvas[:1] = background
    canvas[1:] = canvas[:1]
    return canvas


DATA_LOADERS: Registry[ImageLibrary] = Registry("data loader", "nnlab.data.images")
