"""JPEG by Pillow, which does not say when pixels are missing: libjpeg warns of it, and Pillow drops warnings."""

import io
from typing import Any

from nnlab.data.images.formats.base import Header
from nnlab.data.images.formats.complaints import fault
from nnlab.data.images.formats.jpeg import END
from nnlab.data.images.formats.plain import FAILURES

FILLER = bytes(range(1, 65)) * 2
"""Bytes that are read as pixels where a file's own are missing."""

SMALL = 256 * 256
"""Pixels up to which a picture is decoded twice whatever its last one: its last block is much of it."""

GREY, NEAR = 128, 3
"""The brightness that libjpeg gives the rest of a picture where its data ends, and how near to it counts as that."""


def load_jpeg(picture: Any, encoded: bytes, header: Header) -> None:
    """Decodes an opened JPEG.

    Where data is missing, all that follows comes out grey, so the last pixel is. Pictures of which it may be, small
    ones, and those with several scans (progressive ones), of which the last only refines, are decoded once more, with
    other bytes in the place of those that might be missing: nothing changes where none are. What is damaged on the way,
    or missing in the last block of a large picture alone, nothing shows.

    Raises:  DataError: when pixels are missing, or libjpeg gives the file up.
    """
    mode = picture.mode
    _reduce(picture, header)
    _load(picture)
    small = header.width * header.height <= SMALL
    if not (small or picture.info.get("progressive") or mode == "CMYK" or _may_be_lost(picture)):
        return
    other = type(picture)(io.BytesIO(encoded.removesuffix(END) + FILLER + END))
    _reduce(other, header)
    _load(other)
    if picture.tobytes() != other.tobytes():
        raise fault("premature end of data segment", "Pillow", "Vips")


def _reduce(picture: Any, header: Header) -> None:
    """Has it shrunk on the way: by the greatest of 8, 4, 2 and 1 that leaves the size that is said."""
    if header.reduction > 1:
        picture.draft(None, (header.width // header.reduction, header.height // header.reduction))


def _may_be_lost(picture: Any) -> bool:
    width, height = picture.size
    last = picture.crop((width - 1, height - 1, width, height)).convert("L").tobytes()[0]
    return bool(abs(last - GREY) <= NEAR)


def _load(picture: Any) -> None:
    """Raises DataError: with Pillow's reason."""
    try:
        picture.load()
    except FAILURES as error:
        raise fault(str(error), "Pillow", "Vips") from error
