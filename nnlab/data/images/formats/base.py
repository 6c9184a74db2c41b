"""What is known of a picture before it is decoded."""

from dataclasses import dataclass, replace

from nnlab.core.errors import DataError
from nnlab.data.images.formats.samples import Samples

MAX_PIXELS = 100_000_000
"""The largest image that is decoded. Its header is asked first, so a decompression bomb costs nothing."""


MAX_SIDE = 1_000_000
"""The greatest width or height. Libraries take minutes, or give up, where a picture is nothing but rows or columns."""

MAX_BYTES = 4 * MAX_PIXELS
"""The most that a decoded picture takes, before it is RGB of 8 bits: with 16 bits, or many samples, fewer pixels."""

REDUCTIONS = (8, 4, 2)
"""By how much a JPEG's decoder can shrink, the most first."""

TWICE = 2
"""How often the wanted size is left at least: the resizing that follows has pixels to weigh."""

EIGHTH = 8
"""What part of a pixel of the wanted size an edge may move by."""

MOST_PARTS = 1_000_000
"""How many chunks, segments or boxes a file is followed through."""


@dataclass
class Parts:
    """Counts the parts of a file."""

    count: int = 0

    def another(self) -> None:
        """Raises DataError: when it is one too many."""
        self.count += 1
        if self.count > MOST_PARTS:
            raise DataError(f"has more than {MOST_PARTS:,} parts, which no picture needs; save it anew")


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
              pixel_bytes: what a decoded pixel takes before it is RGB of 8 bits, at least that of RGBA.
              reduction: by how much the decoder is to shrink it on the way: 1, 2, 4 or 8.
    """

    format: str
    width: int
    height: int
    orientation: int = 1
    bare: bytes = b""
    samples: Samples | None = None
    canvas: Canvas | None = None
    pixel_bytes: int = 4
    reduction: int = 1

    def reduced(self, wanted: tuple[int, int]) -> "Header":
        """The same, to be shrunk by its decoder as far as leaves twice the wanted width and height, upright.

        A JPEG's decoder does so by fewer terms of each block's cosines, which is the mean of its pixels, and saves the
        rest of the work. Other formats have no such thing. What is left over beside whole pixels is lost: where that
        would move an edge by more than an eighth of a pixel of the wanted size, the reduction is less.
        """
        across, down = wanted if self.orientation < 5 else wanted[::-1]
        sides = ((self.width, across), (self.height, down))
        for reduction in REDUCTIONS if self.format == "jpeg" else ():
            if all(
                side // reduction >= TWICE * size and side % reduction * size * EIGHTH <= side for side, size in sides
            ):
                return replace(self, reduction=reduction)
        return self


def sized(width: int, height: int, pixel_bytes: int = 4) -> tuple[int, int]:
    """The size, if it can be one. Raises DataError."""
    if width < 1 or height < 1:
        raise DataError(f"corrupt: its header says {width} x {height} pixels")
    if width * height > MAX_PIXELS:
        raise DataError(f"too large: {width:,} x {height:,} pixels (at most {MAX_PIXELS // 1_000_000} million in all)")
    if max(width, height) > MAX_SIDE:
        raise DataError(f"too long a shape: {width:,} x {height:,} pixels (at most {MAX_SIDE:,} a side)")
    if width * height * pixel_bytes > MAX_BYTES:
        most = f"at most {MAX_BYTES // 1_000_000} million bytes in all"
        raise DataError(f"too large: {width:,} x {height:,} pixels of {pixel_bytes} bytes ({most})")
    return width, height
