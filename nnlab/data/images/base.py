"""The contract that every image library implements: about a dozen primitives on the library's own image."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.types import Pixels

Image = Any
"""An image in its library's own type; only that library looks inside. A primitive returns a new one."""

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

    @abstractmethod
    def read(self, path: Path) -> Image:
        """The decoded image, upright (EXIF orientation applied), 8-bit, RGB or RGBA whatever the file held
        (grey, 16-bit, CMYK and palette files too). Raises DataError: naming the file and why."""

    @abstractmethod
    def spec(self, image: Image) -> ImageSpec:
        """Its size and channels."""

    @abstractmethod
    def pixels(self, image: Image) -> Pixels:
        """Its pixels, (height, width, channels) uint8, from the library's own buffer."""

    @abstractmethod
    def image(self, pixels: Pixels) -> Image:
        """An image of these pixels (the way back)."""

    @abstractmethod
    def flatten(self, image: Image, background: Colour) -> Image:
        """Without alpha: blended over `background`; an image without alpha as it is."""

    @abstractmethod
    def crop(self, image: Image, left: int, top: int, width: int, height: int) -> Image:
        """The part of it that the box names."""

    @abstractmethod
    def extend(self, image: Image, left: int, top: int, width: int, height: int, background: Colour) -> Image:
        """A canvas of width x height in `background` with the image placed at (left, top)."""

    @abstractmethod
    def resize(self, image: Image, width: int, height: int) -> Image:
        """Exactly width x height; the aspect ratio is not kept."""

    @abstractmethod
    def grayscale(self, image: Image) -> Image:
        """One channel: the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, rounded."""

    @abstractmethod
    def scale(self, image: Image, factor: float, offset: float) -> Image:
        """factor * value + offset for every value, clipped to 0..255 and rounded (minmax, invert)."""

    @abstractmethod
    def rotate(self, image: Image, degrees: float, background: Colour) -> Image:
        """Turned clockwise about its centre, the canvas grown to hold it, corners in `background`, bilinear."""

    @abstractmethod
    def write_png(self, image: Image, path: Path) -> None:
        """Writes a PNG file."""


DATA_LOADERS: Registry[ImageLibrary] = Registry("data loader", "nnlab.data.images")
