"""libvips: lazy, so a chain of calls is one pass over the pixels."""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, MissingError, NnlabError, ResourceError
from nnlab.core.printing import printable
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import DATA_LOADERS, Colour, Image, ImageLibrary
from nnlab.data.images.formats.base import Header
from nnlab.data.images.formats.complaints import fault, is_harmless, is_want
from nnlab.data.images.formats.samples import by_rows, cmyk_to_rgb
from nnlab.data.images.held import Held
from nnlab.data.room import Room

SHRINK_FIRST = 4
"""Shrinking more than twice this, libvips averages blocks first: its 8-bit Lanczos rounds badly over many pixels."""

FAIL_ON = {"jpeg": "error"}
"""From which level on libvips gives a file up, by format; warnings of a JPEG's are told apart here."""

CONSEQUENCE = "unable to write to memory"
"""All that libvips says where libtiff's warnings are the reason."""

JPEG_SAYS = "VipsJpeg: "

_TURNS = Room(1 << 30)
"""Files are decoded side by side, each of them taking 1, or one alone."""

LOADERS = {"png": "png", "jpeg": "jpeg", "webp": "webp", "tiff": "tiff", "heic": "heif"}
"""What libvips calls its loader, by format."""


_LOST: list[bool] = []
"""Not empty in a fork of a process that had started libvips: its threads are not there, and it would wait for them."""


def _library() -> Any:
    """pyvips. Raises MissingError: it is not installed.  ResourceError: in such a fork."""
    if _LOST:
        hint = "start processes by spawn: multiprocessing.get_context('spawn'); or use Pillow, --data-loader=Pillow"
        raise ResourceError("libvips cannot be used in a fork of a process that has used it", hint=hint)
    return _started()


@functools.cache
def _started() -> Any:
    """pyvips, set up for many small images at once: one thread each (the pool runs several), no cache of operations."""
    os.environ.setdefault("VIPS_CONCURRENCY", "1")  # read once, when libvips starts
    try:
        import pyvips
    except (ImportError, OSError) as error:
        raise MissingError("libvips is not installed", hint="pip install 'pyvips[binary]'") from error
    pyvips.cache_set_max(0)
    return pyvips


def _after_fork() -> None:
    if _started.cache_info().currsize:
        _LOST.append(True)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What libvips raises becomes an error in one line. Raises DataError, or ResourceError: memory is wanting."""
    try:
        yield
    except _library().Error as error:
        raise _wanting(error) or DataError(f"libvips failed ({_reason(error)})") from error


class Picture(Held):
    """A pyvips image: a chain of operations that is not run before the pixels are asked for."""

    @_plain_errors()
    def make_native(self, pixels: Pixels) -> Any:
        """A pyvips image over the array's memory."""
        height, width, channels = pixels.shape
        return _library().Image.new_from_memory(pixels, width, height, channels, "uchar")

    @_plain_errors()
    def make_pixels(self, native: Any) -> Pixels:
        """Runs the chain."""
        return _evaluate(native)


def _picture(native: Any) -> Picture:
    return Picture((native.height, native.width, native.bands), native=native)


@DATA_LOADERS.register
@dataclass(kw_only=True, eq=False)
class Vips(ImageLibrary):
    """libvips, through pyvips.

    Source:  Martinez and Cupitt, "VIPS: a highly tuned image processing software architecture", 2005.
    """

    @property
    def version(self) -> str:
        """`libvips 8.18.7`"""
        pyvips = _library()
        return "libvips " + ".".join(str(pyvips.version(part)) for part in range(3))

    def decode_sound(self, encoded: bytes, header: Header) -> Image:
        """The decoded image; see ImageLibrary.decode."""
        if not _has_loader(header.format):
            raise fault(f"no decode delegate for {header.format.upper()}", "libvips", "ImageMagick")
        found = _tried(encoded, header)
        if isinstance(found, NnlabError):
            raise found
        return self.image(found)

    def image(self, pixels: Pixels) -> Image:
        """An image over these pixels; they are not copied."""
        return Picture(pixels.shape, pixels=np.ascontiguousarray(pixels))

    @_plain_errors()
    def flatten(self, image: Image, background: Colour) -> Image:
        """Blended over `background`, in sRGB values."""
        if image.shape[2] in (1, 3):
            return image
        return _picture(image.native.copy(interpretation="srgb").flatten(background=list(background)))

    @_plain_errors()
    def resize(self, image: Image, width: int, height: int) -> Image:
        """Lanczos of 3 lobes to shrink, bicubic (Catmull-Rom) to grow."""
        old_height, old_width, _ = image.shape
        if (old_width, old_height) == (width, height):
            return image
        native = image.native
        if width < old_width or height < old_height:
            across, down = max(1.0, old_width / width), max(1.0, old_height / height)
            native = native.reduce(across, down, kernel="lanczos3", gap=SHRINK_FIRST)
        if width > old_width or height > old_height:
            native = _grown(native, width, height)
        return _picture(native)

    @_plain_errors()
    def write_png(self, image: Image, path: Path) -> None:
        """Writes a PNG file; the same pixels give the same bytes."""
        try:
            path.write_bytes(image.native.pngsave_buffer(compression=9, keep="none"))
        except OSError as error:
            raise DataError(f"cannot be written ({error.strerror})", where=printable(path)) from error

    @_plain_errors()
    def png(self, image: Image) -> bytes:
        """The image as the bytes of a PNG file."""
        encoded: bytes = image.native.pngsave_buffer(compression=4, keep="none")
        return encoded


def _grown(native: Any, width: int, height: int) -> Any:
    """Bicubic, the edges of the image on the edges of the result (libvips' own resize is off by half a pixel here)."""
    across, down = width / native.width, height / native.height
    return native.affine(
        [across, 0, 0, down],
        interpolate=_library().Interpolate.new("bicubic"),
        oarea=[0, 0, width, height],
        idx=0.5 - 0.5 / across,
        idy=0.5 - 0.5 / down,
        extend="copy",
    )


def _evaluate(image: Any) -> Array:
    """The pixels of a pyvips image in their own sample type, (height, width, bands), over libvips' own memory."""
    dtype = {"uchar": np.uint8, "ushort": np.uint16}[image.format]
    return np.frombuffer(image.write_to_memory(), dtype).reshape(image.height, image.width, image.bands)


def _load(encoded: bytes, header: Header) -> Pixels:
    load = getattr(_library().Image, f"{LOADERS[header.format]}load_buffer")
    options = {"shrink": header.reduction} if header.reduction > 1 else {}
    image = load(encoded, access="sequential", fail_on=FAIL_ON.get(header.format, "warning"), **options)
    if image.format not in ("uchar", "ushort"):
        image = image.colourspace("srgb")
    cmyk = image.interpretation == "cmyk"

    def converted(rows: Array) -> Pixels:
        samples = _of_8_bits(rows)
        return header.samples.rgb_of_rows(samples) if header.samples else _rgb(samples, cmyk)

    return by_rows(converted, _evaluate(image))


def _of_8_bits(samples: Array) -> Pixels:
    """The nearest of 256 values, each spread over the whole range."""
    if samples.dtype == np.uint8:
        return samples
    return ((samples.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)


def _rgb(samples: Pixels, cmyk: bool) -> Pixels:
    """RGB or RGBA: grey repeated, CMYK by (1 - C)(1 - K)."""
    if cmyk:
        return cmyk_to_rgb(samples[:, :, :4])
    bands = samples.shape[2]
    if bands < 3:
        return samples[:, :, [0, 0, 0] if bands == 1 else [0, 0, 0, 1]]
    return samples[:, :, :4]


@functools.cache
def _has_loader(format: str) -> bool:
    """Whether this libvips can read a format; asked once, for the question takes longer than a small picture."""
    return bool(_library().type_find("VipsOperation", f"{LOADERS[format]}load_buffer"))


def _tried(encoded: bytes, header: Header) -> Pixels | NnlabError:
    """The pixels, or why there are none, by the first line of what libvips says.

    What a JPEG's last rows lack, libvips only writes into a buffer, in which lies what it said of other files, on other
    threads too. So a file that fails, or after which such a line is there, is tried again alone, with the buffer empty.
    """
    try:
        with _TURNS.taken(1):
            pixels = _load(encoded, header)
            if not _warnings():
                return pixels
    except _library().Error:
        pass
    with _TURNS.alone():
        _library().vips_lib.vips_error_clear()
        try:
            pixels = _load(encoded, header)
        except _library().Error as error:
            return _wanting(error) or fault(_reason(error), "libvips", "ImageMagick")
        lost = next((said for said in _warnings() if not is_harmless(said)), None)
        _library().vips_lib.vips_error_clear()
    return pixels if lost is None else fault(lost, "libvips", "ImageMagick")


def _warnings() -> list[str]:
    """What libvips' JPEG reader has said since the buffer was emptied."""
    said = _library().ffi.string(_library().vips_lib.vips_error_buffer()).decode("utf-8", "replace")
    return [line.removeprefix(JPEG_SAYS) for line in said.splitlines() if line.startswith(JPEG_SAYS)]


def _reason(error: Any) -> str:
    """The first line of what libvips says, without its own function names: what follows is what came of it."""
    lines = [line.strip() for line in (error.detail or error.message or str(error)).splitlines()]
    first = next((line.split(": ", 1)[-1] for line in lines if line), "")
    return "it warned of its pixels" if first == CONSEQUENCE else first


def _wanting(error: Any) -> ResourceError | None:
    """The error that one of libvips is when memory is wanting; None when it is another."""
    if not is_want(str(error)):
        return None
    said = f"libvips has no room for it ({_reason(error)})"
    return ResourceError(said, hint="use fewer --workers, or free some memory")
