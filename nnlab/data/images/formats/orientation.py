"""Which way up a picture is, said by EXIF data or, where those say nothing, by an XMP packet."""

import re
import struct
from collections.abc import Sequence

from nnlab.core.errors import DataError
from nnlab.data.images.formats.directory import read_directory

ORIENTATION = 274

XMP_ORIENTATION = re.compile(rb"tiff:Orientation\s*(?:=\s*[\"']|>)\s*([0-9]{1,4})")

EXIF_START = b"Exif\0\0"


def orientation(exif: Sequence[bytes], xmp: Sequence[bytes]) -> int:
    """1 to 8 as EXIF counts them, 1 where nothing is said: of several blocks or packets the first counts."""
    return first_said(*map(of_exif, exif[:1]), *map(of_xmp, xmp[:1]))


def first_said(*said: int | None) -> int:
    """The first number that is one; 1 (upright) when it is none of 1 to 8, or nothing is said."""
    turn = next((number for number in said if number is not None), 1)
    return turn if 1 <= turn <= 8 else 1


def of_exif(block: bytes) -> int | None:
    """What a block of EXIF data says; None when it says nothing or is damaged."""
    try:
        return next(iter(read_directory(block.removeprefix(EXIF_START)).values(ORIENTATION)), None)
    except (struct.error, DataError):
        return None


def of_xmp(packet: bytes) -> int | None:
    """What an XMP packet says; None when it says nothing."""
    said = XMP_ORIENTATION.search(packet.replace(b"\0", b""))  # in UTF-16 every other byte is 0
    return int(said[1]) if said else None
