"""What a file is, said from its first bytes: nothing is decoded, or even handed to an image library, unasked."""

import errno
import stat
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import DataError, ResourceError

MAX_PIXELS = 100_000_000
"""The largest image that is decoded. Its header is asked first, so a decompression bomb costs nothing."""

MAX_FILE_BYTES = 1 << 30
"""The largest file that is read."""

WANTING = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EAGAIN})
"""Reasons why a file cannot be read that are not its own."""

WIDTH, HEIGHT, BITS, ORIENTATION, SAMPLE_FORMAT = 256, 257, 258, 274, 339
"""The TIFF tags that are looked at, by their numbers."""

HARMLESS = "extraneous bytes"
"""What libjpeg warns of in many sound photos; any other warning means lost pixels."""

OTHER_FORMATS = {
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"8BPS": "Photoshop",
    b"%PDF": "PDF",
    b"\x00\x00\x01\x00": "ICO",
    b"\x00\x00\x00\x0cjP": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"<svg": "SVG",
}
"""First bytes of formats that are images but that nnlab does not read, so that the message can say so."""


@dataclass(frozen=True)
class Header:
    """What a file's first bytes say.

    Options:  format: "png", "jpeg", "webp" or "tiff".  width, height: pixels, before it is turned upright.
              orientation: 1 to 8, as EXIF counts them; 1 is upright.
    """

    format: str
    width: int
    height: int
    orientation: int = 1


def file_bytes(path: Path) -> bytes:
    """The bytes of a regular file. Never waits on a pipe or a device.

    Raises:  DataError: with the reason, the file not yet named (the caller knows how to name it).
             ResourceError: too many files are open, or there is no memory; which is not the file's fault.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe, socket or device"
            raise DataError(f"not an image file but {kind}")
        if status.st_size > MAX_FILE_BYTES:
            raise DataError(f"too large to be an image: {status.st_size:,} bytes (at most {MAX_FILE_BYTES:,})")
        return path.read_bytes()
    except OSError as error:
        if error.errno in WANTING:
            raise ResourceError(f"cannot be read now ({error.strerror})", hint="use fewer --workers") from error
        reason = "a link to nothing" if path.is_symlink() and not path.exists() else error.strerror or str(error)
        raise DataError(f"cannot be read ({reason})") from error


def read_header(encoded: bytes) -> Header:
    """The header of an encoded image that is whole, as far as its format shows without decoding.

    Raises:  DataError: when it is empty, not an image, of a format that nnlab does not read, larger than MAX_PIXELS,
             or cut short.
    """
    if not encoded:
        raise DataError("empty (0 bytes)")
    parse = next((parse for start, parse in _PARSERS.items() if encoded.startswith(start)), None)
    if parse is None:
        raise DataError(_what_instead(encoded))
    try:
        return parse(encoded)
    except (struct.error, IndexError):
        raise DataError("truncated: it ends too early") from None


def _sized(width: int, height: int) -> tuple[int, int]:
    """The size, if it can be one."""
    if width < 1 or height < 1:
        raise DataError(f"corrupt: its header says {width} x {height} pixels")
    if width * height > MAX_PIXELS:
        raise DataError(f"too large: {width:,} x {height:,} pixels (at most {MAX_PIXELS // 1_000_000} million in all)")
    return width, height


def _png(data: bytes) -> Header:
    """Walks the chunks to the last, checking the sums of those that matter."""
    size, orientation, at = _sized(*struct.unpack_from(">II", data, 16)), 1, 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        (said,) = struct.unpack_from(">I", data, at + 8 + length)
        if name[:1].isupper() and zlib.crc32(memoryview(data)[at + 4 : at + 8 + length]) != said:
            raise DataError(f"corrupt: the sum of its {name.decode('ascii', 'replace')} data is wrong")
        if name == b"eXIf":
            orientation = exif_orientation(data[at + 8 : at + 8 + length])
        if name == b"IEND":
            return Header("png", *size, orientation)
        at += 12 + length


def _jpeg(data: bytes) -> Header:
    """Walks the markers to the start of the pixels, after which there has to be an end marker."""
    size, orientation, at = None, 1, 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker, length = struct.unpack_from(">xBH", data, at)
        if data[at] != 0xFF or length < 2:
            raise DataError("corrupt: its JPEG header is damaged")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            size = _sized(width, height)
        if marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0":
            orientation = exif_orientation(data[at + 10 : at + 2 + length])
        at += 2 + length
        if marker == 0xDA:
            if size is None or data.find(b"\xff\xd9", at) < 0:
                raise DataError("truncated: its pixels end too early")
            return Header("jpeg", *size, orientation)


def _webp(data: bytes) -> Header:
    (length,) = struct.unpack_from("<I", data, 4)
    if data[8:12] != b"WEBP":
        raise DataError("not an image (a RIFF file that is not WebP)")
    kind, at, orientation = data[12:16], 12, 1
    if kind == b"VP8X":
        low_w, high_w, low_h, high_h = struct.unpack_from("<HBHB", data, 24)
        size = low_w + (high_w << 16) + 1, low_h + (high_h << 16) + 1
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        size = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = struct.unpack_from("<HH", data, 26)
        size = width & 0x3FFF, height & 0x3FFF
    size = _sized(*size)
    if len(data) < length + 8:
        raise DataError("truncated: its pixels end too early")
    while at + 8 <= length + 8:
        name, part = struct.unpack_from("<4sI", data, at)
        if name == b"EXIF":
            orientation = exif_orientation(data[at + 8 : at + 8 + part].removeprefix(b"Exif\0\0"))
        at += 8 + part + part % 2
    return Header("webp", *size, orientation)


def _tiff(data: bytes) -> Header:
    tags = read_tags(data)
    if tags.get(SAMPLE_FORMAT, 1) != 1 or tags.get(BITS, 1) > 16:
        raise DataError("a TIFF of floating-point, signed or 32-bit samples; save it with 8 or 16 bits per sample")
    return Header("tiff", *_sized(tags.get(WIDTH, 0), tags.get(HEIGHT, 0)), _turn(tags))


_PARSERS = {b"\x89PNG\r\n\x1a\n": _png, b"\xff\xd8\xff": _jpeg, b"RIFF": _webp, b"II*\0": _tiff, b"MM\0*": _tiff}
"""What reads the header of a file that starts so."""


def exif_orientation(block: bytes) -> int:
    """The orientation that a block of EXIF data says, 1 to 8; 1 when it says none or is damaged."""
    try:
        return _turn(read_tags(block))
    except struct.error:
        return 1


def _turn(tags: dict[int, int]) -> int:
    turn = tags.get(ORIENTATION, 1)
    return turn if 1 <= turn <= 8 else 1


def read_tags(data: bytes) -> dict[int, int]:
    """The first value of each whole-number tag in the first directory of a TIFF file or of EXIF data, which is one.

    Source:  Adobe, "TIFF Revision 6.0", 1992, section 2.  Raises struct.error: when it ends too early.
    """
    order = "<" if data[:1] == b"I" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, at)
    tags = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, number = struct.unpack_from(order + "HHI", data, entry)
        size, code = {3: (2, "H"), 4: (4, "I")}.get(kind, (0, ""))
        if size and tag in (WIDTH, HEIGHT, BITS, SAMPLE_FORMAT, ORIENTATION):
            place = entry + 8 if number * size <= 4 else struct.unpack_from(order + "I", data, entry + 8)[0]
            (tags[tag],) = struct.unpack_from(order + code, data, place)
    return tags


def _what_instead(data: bytes) -> str:
    for start, name in OTHER_FORMATS.items():
        if data.startswith(start):
            return f"{name} is not a format that nnlab reads; convert it to PNG, JPEG, WebP or TIFF"
    if data[4:8] == b"ftyp":
        return "HEIC and AVIF are not formats that nnlab reads; convert it to PNG, JPEG, WebP or TIFF"
    try:
        data[:512].decode("utf-8")
    except UnicodeDecodeError:
        return "not an image (unknown format)"
    return "not an image (it holds text)"
