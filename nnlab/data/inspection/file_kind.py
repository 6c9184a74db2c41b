"""What kind of file a picture lies in: what its format, and how it was packed, did to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from nnlab.data.images.header import Header
from nnlab.data.inspection.jpeg_quality import jpeg_quality

ROW, FRAME = "row", "frame"
"""The format of a picture that is a row of an array, and of one that is a frame of a video."""

CALLED = {"jpeg2000": "JPEG 2000", "webp": "WebP", ROW: "row of an array", FRAME: "frame of a video"}
"""Formats whose names are not theirs in capitals."""

ENDINGS: Mapping[str, tuple[str, ...]] = {
    "png": (".png", ".apng"),
    "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi", ".pjpeg", ".pjpg", ".pjp", ".mpo"),
    "webp": (".webp",),
    "tiff": (".tif", ".tiff", ".btf", ".tf8"),
    "gif": (".gif",),
    "bmp": (".bmp", ".dib"),
    "pnm": (".pnm", ".ppm", ".pgm", ".pbm"),
    "jpeg2000": (".jp2", ".j2k", ".jpf", ".jpx", ".jpm", ".j2c", ".jpc"),
    "avif": (".avif", ".avifs"),
    "heif": (".heic", ".heif", ".heics", ".hif"),
}
"""By format, as headers name it: the ends of its files' names, the usual one first."""

CODING_STYLE, TO_TRANSFORM = b"\xff\x52", 13
"""JPEG 2000: the marker of how it was packed, how far behind it the transform stands, where 0 is the one with loss."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A file's kind.

    Options:  format: as its header names it ("png"), or ROW.  lossy: whether it was packed with loss.
              quality: that of a JPEG, from its tables.
              depth: bits of a sample, where that is known to be more than 8.  cmyk: whether its colours are inks.
    """

    format: str
    lossy: bool = False
    quality: int | None = None
    depth: int = 8
    cmyk: bool = False

    @property
    def words(self) -> str:
        """In words: "JPEG of quality 75"."""
        said = CALLED.get(self.format, self.format.upper())
        return f"{said} of quality {self.quality}" if self.quality is not None else said


def kind_of(encoded: bytes, header: Header) -> FileKind:
    """The kind of a file whose header was read."""
    if header.format == "jpeg":
        return FileKind("jpeg", lossy=True, quality=jpeg_quality(header.bare), cmyk=_components(header.bare) == 4)
    if header.format == "png":
        return FileKind("png", depth=encoded[24])
    if header.format == "webp":
        return FileKind("webp", lossy=header.bare[12:16] != b"VP8L")
    if header.format == "jpeg2000":
        at = encoded.find(CODING_STYLE)
        return FileKind("jpeg2000", lossy=at >= 0 and encoded[at + TO_TRANSFORM : at + TO_TRANSFORM + 1] == b"\0")
    if header.format == "tiff":
        inks = header.samples is not None and header.samples.colour == "cmyk"
        return FileKind("tiff", cmyk=inks)
    return FileKind(header.format, lossy=header.format in ("avif", "heif"))


def _components(bare: bytes) -> int:
    """How many a JPEG's pixels have: it stands behind the first frame's size."""
    at = 2
    while at + 10 <= len(bare):
        marker, length = bare[at + 1], int.from_bytes(bare[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return bare[at + 9]
        at += 2 + length
    return 0
