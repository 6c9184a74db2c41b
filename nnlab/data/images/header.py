"""What a file is, said from its first bytes: nothing is decoded, or even handed to an image library, unasked."""

import stat
import struct
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import DataError

MAX_PIXELS = 100_000_000
"""The largest image that is decoded. Its header is asked first, so a decompression bomb costs nothing."""

MAX_FILE_BYTES = 1 << 30
"""The largest file that is read."""

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
    """What a file's first bytes say: its format ("png", "jpeg", "webp" or "tiff") and its size in pixels."""

    format: str
    width: int
    height: int


def file_bytes(path: Path) -> bytes:
    """The bytes of a regular file. Never waits on a pipe or a device.

    Raises:  DataError: with the reason, the file not yet named (the caller knows how to name it).
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
        reason = "a link to nothing" if path.is_symlink() and not path.exists() else error.strerror or str(error)
        raise DataError(f"cannot be read ({reason})") from error


def read_header(encoded: bytes) -> Header:
    """The header of an encoded image.

    Raises:  DataError: when it is empty, not an image, of a format that nnlab does not read, or larger than MAX_PIXELS.
    """
    if not encoded:
        raise DataError("empty (0 bytes)")
    try:
        found = _parse(encoded)
    except (struct.error, IndexError):
        raise DataError("truncated: it ends within its header") from None
    if found is None:
        raise DataError(_what_instead(encoded))
    if found.width < 1 or found.height < 1:
        raise DataError(f"corrupt: its header says {found.width} x {found.height} pixels")
    if found.width * found.height > MAX_PIXELS:
        raise DataError(
            f"too large: {found.width:,} x {found.height:,} pixels (at most {MAX_PIXELS // 1_000_000} million in all)"
        )
    return found


def _parse(data: bytes) -> Header | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Header("png", *struct.unpack_from(">II", data, 16))
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[:4] in (b"II*\0", b"MM\0*"):
        return _tiff(data)
    return None


def _jpeg(data: bytes) -> Header:
    """Walks the markers to the start of the frame, which holds the size."""
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # fill bytes
            at += 1
        (marker, length) = struct.unpack_from(">xBH", data, at)
        if data[at] != 0xFF or length < 2:
            raise DataError("corrupt: its JPEG header is damaged")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Header("jpeg", width, height)
        at += 2 + length


def _webp(data: bytes) -> Header:
    kind = data[12:16]
    if kind == b"VP8X":
        low_w, high_w, low_h, high_h = struct.unpack_from("<HBHB", data, 24)
        return Header("webp", low_w + (high_w << 16) + 1, low_h + (high_h << 16) + 1)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return Header("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", data, 26)
    return Header("webp", width & 0x3FFF, height & 0x3FFF)


def _tiff(data: bytes) -> Header:
    """The first directory's width (256), height (257), bits (258) and sample format (339)."""
    order = "<" if data[:1] == b"I" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, at)
    values = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, number = struct.unpack_from(order + "HHI", data, entry)
        size, code = {3: (2, "H"), 4: (4, "I")}.get(kind, (0, ""))
        if tag in (256, 257, 258, 339) and size:
            place = entry + 8 if number * size <= 4 else struct.unpack_from(order + "I", data, entry + 8)[0]
            (values[tag],) = struct.unpack_from(order + code, data, place)
    if values.get(339, 1) != 1 or values.get(258, 1) > 16:
        raise DataError("a TIFF of floating-point, signed or 32-bit samples; save it with 8 or 16 bits per sample")
    return Header("tiff", values.get(256, 0), values.get(257, 0))


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
