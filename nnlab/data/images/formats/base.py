"""What is known of a picture before it is decoded."""

from dataclasses import dataclass

from nnlab.core.errors import DataError
from nnlab.data.images.formats.samples import Samples

MAX_PIXELS = 100_000_000
"""The largest image that is decoded. Its header is asked first, so a decompression bomb costs nothing."""


@dataclass(frozen=True)
class Canvas:
    """Where a frame lies on the canvas of its animation, in pixels."""

    width: int
    height: int
    left: int
    top: int


@dataclass(frozen=True)
class Header:
    """What a file's bytes say.

    A decoder is handed `bare` alone. Gamma, profiles, sizes in inches, comments, further pages, and tags of a kind that
    one library minds and another does not, never reach it: so every library gives the values that the file has.

    Options:  format: "png", "jpeg", ...: what FORMATS of header.py calls it.
              width, height: pixels, before it is turned upright.
              orientation: 1 to 8, as EXIF counts them; 1 is upright.
              bare: the file with nothing but its pixels and what they need to be decoded.
              samples: what a TIFF's samples are; None where the decoder gives RGB or RGBA.
              canvas: where a frame that does not fill its canvas lies on it.
    """

    format: str
    width: int
    height: int
    orientation: int = 1
    bare: bytes = b""
    samples: Samples | None = None
    canvas: Canvas | None = None


def sized(width: int, height: int) -> tuple[int, int]:
    """The size, if it can be one. Raises DataError."""
    if width < 1 or height < 1:
        raise DataError(f"corrupt: its header says {width} x {height} pixels")
    if width * height > MAX_PIXELS:
        raise DataError(f"too large: {width:,} x {height:,} pixels (at most {MAX_PIXELS // 1_000_000} million in all)")
    return width, height
