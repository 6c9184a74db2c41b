"""What Pillow makes of a file's bytes: RGB or RGBA of 8 bits, rounded as the other libraries round."""

from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array, Pixels
from nnlab.data.images.formats.base import Header
from nnlab.data.images.formats.complaints import fault
from nnlab.data.images.formats.directory import Directory, read_directory, with_directory
from nnlab.data.images.formats.plain import DEEP, load, of_8_bits, opened
from nnlab.data.images.formats.samples import by_rows, cmyk_to_rgb
from nnlab.data.images.pillow_jpeg import load_jpeg

CLASSES = {
    "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "tiff": ("PIL.TiffImagePlugin", "TiffImageFile"),
}
"""Pillow's class for each format: the class itself, so that no other format is ever tried."""

SWAPPED = {";16B": ";16L", ";16L": ";16B", ";16N": ";16B"}
"""By the end of Pillow's name for an order of bytes: the other order. 16N is this machine's, a little-endian one's."""

BITS, SAMPLES, PLANAR, EXTRA = 258, 277, 284, 338
APART, TRANSPARENCY = 2, 2
"""Values of the TIFF tags of planes, and of samples beside the colours."""

STRETCHED = {"L;2": 85, "L;4": 17}
"""By what Pillow multiplies grey samples of few bits, but not the one that is transparent."""


def decode_with_pillow(encoded: bytes, header: Header) -> Pixels:
    """RGB or RGBA.

    Raises:  DataError: damaged, or of a kind that Pillow does not read.  MemoryError: no room.
    """
    if header.samples is not None:
        tags = read_directory(encoded)
        _refuse_mixed(tags)
        samples = _samples(_with_alpha(encoded, tags), header.format)
        if samples.shape[2] < header.samples.count:
            raise _refused(f"{header.samples.count} samples a pixel are not supported")
        return header.samples.rgb(samples)
    picture = _opened(header.format, encoded)
    if header.format == "jpeg":
        load_jpeg(picture, encoded, header)
        return by_rows(cmyk_to_rgb, np.asarray(picture)) if picture.mode == "CMYK" else _rgb(picture)
    if picture.mode in DEEP or _order(picture):
        return _deep(encoded, header.format)
    factor = next((STRETCHED[word] for word in _words(picture) if word in STRETCHED), 1)
    if isinstance(clear := picture.info.get("transparency"), int):
        picture.info["transparency"] = clear * factor
    load(picture)
    return _rgb(picture)


def _rgb(picture: Any) -> Pixels:
    see_through = picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info
    return np.asarray(picture.convert("RGBA" if see_through else "RGB"))


def _samples(encoded: bytes, format: str) -> Pixels:
    """A file's samples, (height, width, samples), palettes applied."""
    picture = _opened(format, encoded)
    if picture.mode in DEEP or _order(picture):
        found: Array = of_8_bits(_of_16_bits(encoded, format))
    else:
        load(picture)
        plain = {"P": "RGB", "PA": "RGBA", "1": "L"}.get(picture.mode, picture.mode)
        found = np.asarray(picture.convert(plain))
    return found.reshape(*found.shape[:2], -1)


def _deep(encoded: bytes, format: str) -> Pixels:
    """RGB or RGBA of samples with 16 bits. A colour that is transparent is compared with them as they stand."""
    clear = _opened(format, encoded).info.get("transparency")
    samples = _of_16_bits(encoded, format)
    grey = samples.ndim == 2
    made = of_8_bits(np.repeat(samples[:, :, None], 3, axis=2) if grey else samples)
    if clear is None:
        return made
    seen = samples != clear if grey else (samples != np.asarray(clear)).any(axis=2)
    return np.dstack([made, seen * np.uint8(255)])


def _of_16_bits(encoded: bytes, format: str) -> Array:
    """The samples, with all their bits.

    Pillow has no images of several samples with 16 bits: it keeps the byte that stands first, or last. So such a file
    is decoded twice, with the order of the bytes that it has, and with the other.
    """
    picture = _opened(format, encoded)
    order = _order(picture)
    load(picture)
    samples = np.asarray(picture).astype(np.uint32)
    if order:
        lower = _opened(format, encoded)
        lower.tile = [tile._replace(args=_swapped(tile.args, order)) for tile in lower.tile]
        load(lower)
        samples = (samples << 8) | np.asarray(lower)
    return np.minimum(samples, 65535)


def _order(picture: Any) -> str:
    """How the bytes of several samples of 16 bits are ordered (";16B"); "" where there are none."""
    found = (word[-4:] for word in _words(picture) if word.endswith(tuple(SWAPPED)) and not word.startswith("I"))
    order = next(found, "")
    if order and "LA" in _words(picture)[0]:
        raise _refused("grey samples of 16 bits with transparency are not supported")
    return order


def _words(picture: Any) -> list[str]:
    """The texts among what decoders of the parts of a picture are told: kinds of samples."""
    told = [tile.args if isinstance(tile.args, tuple) else (tile.args,) for tile in picture.tile]
    return [word for args in told for word in args if isinstance(word, str)]


def _swapped(args: Any, order: str) -> Any:
    if isinstance(args, str):
        return args.replace(order, SWAPPED[order])
    return tuple(_swapped(arg, order) if isinstance(arg, str) else arg for arg in args)


def _refuse_mixed(tags: Directory) -> None:
    """Raises DataError: for samples of which Pillow would drop some, or mix up the planes."""
    count = tags.value(SAMPLES, 1)
    if count > 4:
        raise _refused(f"{count} samples a pixel are not supported")
    if count > 1 and tags.value(PLANAR, 1) == APART and tags.value(BITS, 8) > 8:
        raise _refused("planes of 16 bits are not supported")


def _with_alpha(encoded: bytes, tags: Directory) -> bytes:
    """The TIFF with its one sample beside the colours declared as transparency: any other Pillow drops."""
    if len(tags.values(EXTRA)) != 1:
        return encoded
    return with_directory(encoded, tags, {**tags.fields, EXTRA: tags.field(TRANSPARENCY)})


def _opened(format: str, encoded: bytes) -> Any:
    return opened(CLASSES[format], encoded)


def _refused(said: str) -> DataError:
    """The error for a file that Pillow does not read."""
    return fault(said, "Pillow", "Vips")
