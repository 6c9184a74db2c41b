"""PNG: chunks, each with its length, name and sum."""

import struct
import zlib

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import Header, Parts, sized
from nnlab.data.images.formats.orientation import EXIF_START, orientation

START = b"\x89PNG\r\n\x1a\n"

PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
"""The chunks that say what the pixels are. Not among them: gamma and profiles, which some decoders apply."""

EXIF_PROFILE, XMP_PROFILE = b"Raw profile type exif", b"Raw profile type xmp"

PROFILES = (EXIF_PROFILE, XMP_PROFILE, b"Raw profile type APP1")
"""Names of text chunks with a profile in digits; that of the last is of either kind."""

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel, by the kind of colour."""

MOST_TEXT, MOST_TEXTS = 1 << 20, 256
"""Bytes of a text chunk that are looked at, for an orientation stands in less; and how many of them."""


def read_png(data: bytes) -> Header:
    """Walks the chunks to the last, checking the sums of those that matter."""
    kept: list[bytes | memoryview] = [START]
    exif: list[bytes] = []
    xmp: list[bytes] = []
    texts = 0
    width, height, bits, kind = struct.unpack_from(">IIBB", data, 16)
    pixel_bytes = max(4, CHANNELS.get(kind, 4) * bits // 8)
    size, at, whole, parts = sized(width, height, pixel_bytes), 8, memoryview(data), Parts()
    while True:
        parts.another()
        length, name = struct.unpack_from(">I4s", data, at)
        (said,) = struct.unpack_from(">I", data, at + 8 + length)
        end = at + 12 + length
        if name[:1].isupper() and zlib.crc32(whole[at + 4 : end - 4]) != said:
            raise DataError(f"corrupt: the sum of its {name.decode('ascii', 'replace')} data is wrong")
        if name in PIXELS or name[:1].isupper():
            kept.append(whole[at:end])
        elif name == b"eXIf":
            exif.append(data[at + 8 : end - 4])
        elif name in (b"tEXt", b"zTXt", b"iTXt") and length <= MOST_TEXT and texts < MOST_TEXTS:
            texts += 1
            _text(name, data[at + 8 : end - 4], exif, xmp)
        if name == b"IEND":
            return Header("png", *size, orientation(exif, xmp), b"".join(kept), pixel_bytes=pixel_bytes)
        at = end


def _text(chunk: bytes, content: bytes, exif: list[bytes], xmp: list[bytes]) -> None:
    """Adds what a text chunk holds: an XMP packet, or a profile that ImageMagick wrote in hexadecimal digits.

    The first of each alone is unpacked: a file can have any number of them.
    """
    name, _, text = content.partition(b"\0")
    if name == b"XML:com.adobe.xmp" and chunk == b"iTXt" and not xmp:
        packed, text = text[:1] == b"\1", text[2:].partition(b"\0")[2].partition(b"\0")[2]
        xmp.append(_unpacked(text) if packed else text)
    elif name in PROFILES and not (xmp if name == XMP_PROFILE else exif):
        profile = _from_hexadecimal(_unpacked(text[1:]) if chunk == b"zTXt" else text)
        is_exif = profile.startswith(EXIF_START) or name == EXIF_PROFILE
        (exif if is_exif else xmp).append(profile)


def _from_hexadecimal(text: bytes) -> bytes:
    r"""The bytes of `\nname\n  length\ndigits in lines`; empty when it is not that."""
    words = text.split(None, 2)
    try:
        return bytes.fromhex(words[2].decode("ascii"))
    except (IndexError, ValueError):
        return b""


def _unpacked(packed: bytes) -> bytes:
    """What zlib packed, but not more than MOST_TEXT bytes of it; empty when it is damaged."""
    try:
        return zlib.decompressobj().decompress(packed, MOST_TEXT)
    except zlib.error:
        return b""
