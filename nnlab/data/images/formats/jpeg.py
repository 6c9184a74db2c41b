"""JPEG: segments, each with a marker and its length; after that of a scan, its packed pixels."""

import re
import struct
from dataclasses import dataclass, field

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import Header, Parts, sized
from nnlab.data.images.formats.orientation import EXIF_START, orientation

START, END = b"\xff\xd8", b"\xff\xd9"

SEGMENT = re.compile(rb"\xff([\xc0-\xcf\xd8-\xdf\xe0-\xef\xfe])", re.DOTALL)
"""The next segment; what stands before it belongs to none."""

AFTER_PIXELS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""What ends packed pixels: within them a byte 255 stands before 0, or marks a restart."""

TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF})
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
SEQUENTIAL = frozenset({0xC0, 0xC1, 0xC9})
SCAN, APP0, APP1, ADOBE = 0xDA, 0xE0, 0xE1, 0xEE

JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""Says that three components are Y, Cb and Cr. Written anew: decoders warn of revisions that they do not know."""

MOST_WORK = 2_000_000_000
"""Scans times pixels: a decoder goes through the whole picture for each. Progressive pictures have about ten."""

XMP_START = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass
class _Walk:
    """What was found on the way through the segments, and what a decoder is handed of it.

    Options:  whole: whether the last scan has all there is to have, so that nothing need follow it.
    """

    kept: list[bytes] = field(default_factory=lambda: [START])
    exif: list[bytes] = field(default_factory=list)
    xmp: list[bytes] = field(default_factory=list)
    size: tuple[int, int] | None = None
    components: int = 0
    sequential: bool = False
    whole: bool = False
    scans: int = 0
    parts: Parts = field(default_factory=Parts)

    def segment(self, marker: int, content: bytes) -> None:
        """Takes one segment, its marker and length left out."""
        self.parts.another()
        if marker == APP1 and content.startswith(EXIF_START):
            self.exif.append(content)
        elif marker == APP1 and content.startswith(XMP_START):
            self.xmp.append(content)
        elif marker == APP0 and content.startswith(b"JFIF\0"):
            self.kept.append(JFIF)
        elif marker in FRAMES:
            height, width, self.components = struct.unpack_from(">xHHB", content)
            self.size, self.sequential = sized(width, height), marker in SEQUENTIAL
        elif marker == SCAN:
            self.whole = self.sequential and content[0] == self.components
            self._refuse_work()
            if self.sequential:  # its last three bytes mean nothing here, and some cameras fill them in wrongly
                content = content[:-3] + b"\x00\x3f\x00"
        if marker in FRAMES or marker in TABLES or marker == SCAN or (marker == ADOBE and content[:5] == b"Adobe"):
            self.kept.append(struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content)

    def _refuse_work(self) -> None:
        """Raises DataError: when there are more scans than a picture of this size can need."""
        self.scans += 1
        width, height = self.size or (0, 0)
        if self.scans * width * height > MOST_WORK:
            what = f"its {width:,} x {height:,} pixels are packed in {self.scans:,} scans or more"
            raise DataError(f"{what}, which takes too long to read; save it anew")

    def header(self) -> Header:
        """What is known at the end."""
        if self.size is None:
            raise DataError("corrupt: its JPEG header says no size")
        return Header("jpeg", *self.size, orientation(self.exif, self.xmp), b"".join(self.kept))


def read_jpeg(data: bytes) -> Header:
    """Walks the segments to the end marker; stray bytes between them, and what is no picture, are left out."""
    walk, at = _Walk(), 2
    while True:
        found = SEGMENT.search(data, at)
        if found is None:
            raise DataError("truncated: it ends before its pixels")
        marker, at = found[1][0], found.end()
        if marker == END[1]:
            raise DataError("truncated: it ends before its pixels")
        (length,) = struct.unpack_from(">H", data, at)
        if marker == START[1] or length < 2:
            raise DataError("corrupt: its JPEG header is damaged")
        if at + length > len(data):
            raise DataError("truncated: it ends before its pixels")
        walk.segment(marker, data[at + 2 : at + length])
        at += length
        if marker == SCAN:
            end = _pixels(data, at, walk)
            if end is None:
                return walk.header()
            at = end


def _pixels(data: bytes, at: int, walk: _Walk) -> int | None:
    """Keeps a scan's packed pixels. The place of the segment after them; None where nothing is to follow.

    A file without an end marker is whole when its pixels are, which the decoder finds out: but of several scans the
    last ones can be missing without a decoder's knowing.
    """
    found = AFTER_PIXELS.search(data, at)
    if found is None:
        if not walk.whole:
            raise DataError("truncated: its pixels end too early")
        walk.kept += [data[at:], END]
        return None
    end = found.start()
    walk.kept.append(data[at:end])
    if data[end : end + 2] == END:
        walk.kept.append(END)
        return None
    if SEGMENT.match(data, end) is None or data[end + 1] == START[1]:  # damage within the pixels: the decoder will say
        walk.kept.append(data[end:])
        return None
    return end
