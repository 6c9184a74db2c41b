"""What the libraries' own image types have in common."""

from abc import ABC, abstractmethod
from typing import Any

from nnlab.core.types import Pixels
from nnlab.data.images.base import ImageSpec


class Held(ABC):
    """An image as its library's object, as pixels, or as both: whichever is asked for is made once and kept.

    So a step that looks at the pixels and the call that follows it do not decode, or compute, twice.

    Options:  shape: (height, width, channels).  native: the library's object.  pixels: uint8 of that shape.
    """

    __slots__ = ("_native", "_pixels", "shape")

    def __init__(self, shape: tuple[int, ...], *, native: Any = None, pixels: Pixels | None = None):
        self.shape, self._native, self._pixels = shape, native, pixels

    @property
    def native(self) -> Any:
        """The library's object."""
        if self._native is None:
            assert self._pixels is not None
            self._native = self.make_native(self._pixels)
        return self._native

    @property
    def pixels(self) -> Pixels:
        """(height, width, channels) uint8."""
        if self._pixels is None:
            self._pixels = self.make_pixels(self._native)
            self._native = None  # from here on the kept pixels are the source, not the chain that made them
        return self._pixels

    @property
    def spec(self) -> ImageSpec:
        """Its size and channels."""
        height, width, channels = self.shape
        return ImageSpec(width=width, height=height, channels=channels)

    @abstractmethod
    def make_native(self, pixels: Pixels) -> Any:
        """The library's object over these pixels."""

    @abstractmethod
    def make_pixels(self, native: Any) -> Pixels:
        """The pixels of the library's object."""
