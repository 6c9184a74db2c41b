"""BMP, PNM, JPEG 2000, GIF and AVIF: read by Pillow for either image library, so that both give the same pixels.

libvips as pip brings it has none of the first three. Damage of a GIF is noted now by the one, now by the other library,
and of AVIF the two make colours that differ.
"""

import importlib
import io
import struct
import zlib
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array, Pixels
from nnlab.data.images.formats.base import Header, sized
from nnlab.data.images.formats.complaints import fault
from nnlab.data.images.formats.orientation import ORIENTATION, first_said

PLUGINS = {
    "gif": ("PIL.GifImagePlugin", "GifImageFile"),
    "bmp": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "pnm": ("PIL.PpmImagePlugin", "PpmImageFile"),
    "jpeg2000": ("PIL.Jpeg2KImagePlugin", "Jpeg2KImageFile"),
    "avif": ("PIL.AvifImagePlugin", "AvifImageFile"),
}
"""Pillow's class for each: the class itself, so that no other format is ever tried."""

FAILURES = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow raises for damaged files."""

DEEP = frozenset({"I", "I;16", "I;16L", "I;16B"})
"""Pillow's names for one sample of 16 bits."""


def read_bmp(data: bytes) -> Header:
    """Its size, as Pillow finds it."""
    return _header("bmp", data)


def read_pnm(data: bytes) -> Header:
    """Its size, as Pillow finds it."""
    return _header("pnm", data)


def read_jpeg2000(data: bytes) -> Header:
    """Its size, as Pillow finds it."""
    return _header("jpeg2000", data)


def read_avif(data: bytes) -> Header:
    """Its size and orientation, as Pillow finds them."""
    return _header("avif", data)


def _header(format: str, data: bytes) -> Header:
    picture = opened(PLUGINS[format], data)
    return Header(format, *sized(*picture.size), first_said(picture.getexif().get(ORIENTATION)))


def decode_plain(format: str, data: bytes) -> Pixels:
    """RGB or RGBA. Raises DataError: with Pillow's reason."""
    picture = opened(PLUGINS[format], data)
    load(picture)
    return rgb_of(picture)


def rgb_of(picture: Any) -> Pixels:
    """RGB or RGBA of a picture that Pillow has read. Raises DataError: for samples of no known range."""
    if picture.mode in DEEP:
        grey = of_8_bits(np.minimum(np.asarray(picture).astype(np.uint32), 65535))
        return np.repeat(grey[:, :, None], 3, axis=2)
    if picture.mode == "F":
        raise DataError("floating-point samples are not what nnlab reads; save it with 8 or 16 bits per sample")
    see_through = picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info
    return np.asarray(picture.convert("RGBA" if see_through else "RGB"))


def opened(plugin: tuple[str, str], data: bytes) -> Any:
    """A picture as Pillow's class of that module and name opens it. Raises DataError: when it cannot."""
    module, name = plugin
    try:
        return getattr(importlib.import_module(module), name)(io.BytesIO(data))
    except FAILURES as error:
        raise _refused(error) from error


def load(picture: Any) -> None:
    """Decodes it. Raises DataError: with Pillow's reason."""
    try:
        picture.load()
    except FAILURES as error:
        raise _refused(error) from error


def _refused(error: Exception) -> DataError:
    return fault(str(error), "Pillow", "Vips")


def of_8_bits(samples: Array) -> Pixels:
    """The nearest of 256 values to each of 65,536.  Shapes:  samples: any, uint32; result alike"""
    return ((samples * np.uint32(255) + 32767) // 65535).astype(np.uint8)
