"""What a file is, said from its first bytes: nothing is decoded, or even handed to an image library, unasked."""

import errno
import stat
import struct
from collections.abc import Callable
from pathlib import Path

from nnlab.core.errors import DataError, ResourceError
from nnlab.data.images.formats.base import MAX_PIXELS, Header
from nnlab.data.images.formats.gif import read_gif
from nnlab.data.images.formats.heif import heif_format, read_heif
from nnlab.data.images.formats.jpeg import read_jpeg
from nnlab.data.images.formats.plain import read_avif, read_bmp, read_jpeg2000, read_pnm
from nnlab.data.images.formats.png import START, read_png
from nnlab.data.images.formats.tiff import read_tiff
from nnlab.data.images.formats.webp import read_webp
from nnlab.data.tars.members import member_bytes, tar_of

__all__ = ["MAX_PIXELS", "Header", "file_bytes", "read_header"]

MAX_FILE_BYTES = 1 << 30
"""The largest file that is read."""

WANTING = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EAGAIN})
"""Reasons why a file cannot be read that are not its own."""

PARSERS: dict[bytes, Callable[[bytes], Header]] = {
    START: read_png,
    b"\xff\xd8\xff": read_jpeg,
    b"RIFF": read_webp,
    b"II*\0": read_tiff,
    b"MM\0*": read_tiff,
    b"II+\0": read_tiff,
    b"MM\0+": read_tiff,
    b"GIF87a": read_gif,
    b"GIF89a": read_gif,
    b"BM": read_bmp,
    **{b"P%d%c" % (kind, space): read_pnm for kind in range(1, 7) for space in b" \t\n\r"},
    b"\x00\x00\x00\x0cjP  \r\n\x87\n": read_jpeg2000,
    b"\xff\x4f\xff\x51": read_jpeg2000,
}
"""What reads a file that starts so."""

OTHER_FORMATS = {
    b"8BPS": "Photoshop",
    b"%PDF": "PDF",
    b"\x00\x00\x01\x00": "ICO",
    b"\x00\x00\x02\x00": "CUR",
    b"\x00\x00\x00\x0cJXL ": "JPEG XL",
    b"\xff\x0a": "JPEG XL",
    b"<svg": "SVG",
    b"P7\n": "PAM",
    b"Pf\n": "PFM",
    b"PF\n": "PFM",
    b"v/1\x01": "OpenEXR",
    b"#?RADIANCE": "Radiance HDR",
    b"#?RGBE": "Radiance HDR",
    b"DDS ": "DDS",
    b"qoif": "QOI",
    b"gimp xcf": "XCF",
    b"FUJIFILMCCD-RAW": "a camera's raw picture",
    b"IIRO": "a camera's raw picture",
    b"IIU\0": "a camera's raw picture",
    b"MMOR": "a camera's raw picture",
}
"""First bytes of formats that are images but that nnlab does not read, so that the message can say so."""


def file_bytes(path: Path) -> bytes:
    """The bytes of a regular file. Never waits on a pipe or a device.

    Raises:  DataError: with the reason, the file not yet named (the caller knows how to name it).
             ResourceError: too many files are open, or there is no memory; which is not the file's fault.
    """
    try:
        if (tar := _tar_of(path)) is not None:
            return member_bytes(path, tar, MAX_FILE_BYTES)
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


def _tar_of(path: Path) -> Path | None:
    """The tar file that a path leads into; hardly any does, and those are known by their text."""
    return tar_of(path) if ".tar/" in str(path).lower() else None


def read_header(encoded: bytes) -> Header:
    """The header of an encoded image that is whole, as far as its format shows without decoding.

    Raises:  DataError: when it is empty, not an image, of a format that nnlab does not read, larger than MAX_PIXELS,
             or cut short.
    """
    if not encoded:
        raise DataError("empty (0 bytes)")
    parse = next((parse for start, parse in PARSERS.items() if encoded.startswith(start)), None)
    if parse is None and (kind := heif_format(encoded)):
        parse = read_avif if kind == "avif" else read_heif
    if parse is None:
        raise DataError(_what_instead(encoded))
    try:
        return parse(encoded)
    except (struct.error, IndexError):
        raise DataError("truncated: it ends too early") from None


def _what_instead(data: bytes) -> str:
    for start, name in OTHER_FORMATS.items():
        if data.startswith(start):
            return f"{name} is not a format that nnlab reads; convert it to PNG, JPEG, WebP or TIFF"
    try:
        data[:512].decode("utf-8")
    except UnicodeDecodeError:
        return "not an image (unknown format)"
    return "not an image (it holds text)"
