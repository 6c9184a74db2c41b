"""libvips: lazy, so a chain of calls is one pass over the pixels."""

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, MissingError
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import DATA_LOADERS, Colour, Image, ImageLibrary, ImageSpec, rotated_size

HARMLESS = "extraneous bytes"
"""What libjpeg warns of in many sound photos; any other warning means lost pixels."""


@functools.cache
def _library() -> Any:
    """pyvips, set up for many small images at once: one thread each (the pool runs several), no cache of operations."""
    os.environ.setdefault("VIPS_CONCURRENCY", "1")  # read once, when libvips starts
    try:
        import pyvips
    except (ImportError, OSError) as error:
        raise MissingError("libvips is not installed", hint="pip install 'pyvips[binary]'") from error
    pyvips.cache_set_max(0)
    return pyvips


class Picture:
    """A pyvips image, its pixels, or both: whichever is asked for is made once and kept."""

    __slots__ = ("_lazy", "_pixels")

    def __init__(self, *, lazy: Any = None, pixels: Pixels | None = None):
        self._lazy, self._pixels = lazy, pixels

    @property
    def lazy(self) -> Any:
        """The pyvips image."""
        if self._lazy is None:
            assert self._pixels is not None
            height, width, channels = self._pixels.shape
            self._lazy = _library().Image.new_from_memory(self._pixels, width, height, channels, "uchar")
        return self._lazy

    @property
    def pixels(self) -> Pixels:
        """(height, width, channels) uint8."""
        if self._pixels is None:
            self._pixels = _evaluate(self._lazy)
            self._lazy = None  # from here on the kept pixels are the source, not the chain that made them
        return self._pixels

    def size(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        if self._pixels is not None:
            return self._pixels.shape
        return self._lazy.height, self._lazy.width, self._lazy.bands


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

    def decode_format(self, encoded: bytes, format: str) -> Image:
        """The decoded image; see ImageLibrary.decode."""
        try:
            return Picture(pixels=_load(encoded, format, "warning"))
        except _library().Error as error:
            reason = _reason(error)
            if HARMLESS not in reason:
                raise DataError(f"corrupt or truncated ({reason})") from error
        try:
            return Picture(pixels=_load(encoded, format, "error"))
        except _library().Error as error:
            raise DataError(f"corrupt or truncated ({_reason(error)})") from error

    def spec(self, image: Image) -> ImageSpec:
        """Its size and channels."""
        height, width, channels = image.size()
        return ImageSpec(width=width, height=height, channels=channels)

    def pixels(self, image: Image) -> Pixels:
        """Its pixels, evaluated once."""
        pixels: Pixels = image.pixels
        return pixels

    def image(self, pixels: Pixels) -> Image:
        """An image over these pixels; they are not copied."""
        return Picture(pixels=np.ascontiguousarray(pixels))

    def flatten(self, image: Image, background: Colour) -> Image:
        """Blended over `background`, in sRGB values."""
        if image.size()[2] in (1, 3):
            return image
        return Picture(lazy=image.lazy.copy(interpretation="srgb").flatten(background=list(background)))

    def crop(self, image: Image, left: int, top: int, width: int, height: int) -> Image:
        """The part of it that the box names."""
        return Picture(lazy=image.lazy.crop(left, top, width, height))

    def extend(self, image: Image, left: int, top: int, width: int, height: int, background: Colour) -> Image:
        """A canvas in `background` with the image at (left, top)."""
        return Picture(
            lazy=image.lazy.embed(left, top, width, height, extend="background", background=list(background))
        )

    def resize(self, image: Image, width: int, height: int) -> Image:
        """Lanczos of 3 lobes to shrink, bicubic (Catmull-Rom) to grow."""
        old_height, old_width, _ = image.size()
        if (old_width, old_height) == (width, height):
            return image
        return Picture(lazy=image.lazy.resize(width / old_width, vscale=height / old_height, kernel="lanczos3", gap=0))

    def rotate(self, image: Image, degrees: float, background: Colour) -> Image:
        """Turned clockwise about its centre, the canvas grown to hold it."""
        old_height, old_width, _ = image.size()
        width, height = rotated_size(old_width, old_height, degrees)
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        turned = image.lazy.affine(
            [cosine, -sine, sine, cosine],
            interpolate=_library().Interpolate.new("bilinear"),
            oarea=[0, 0, width, height],
            idx=-(old_width - 1) / 2,
            idy=-(old_height - 1) / 2,
            odx=(width - 1) / 2,
            ody=(height - 1) / 2,
            background=list(background),
            extend="background",
        )
        return Picture(lazy=turned)

    def write_png(self, image: Image, path: Path) -> None:
        """Writes a PNG file; the same pixels give the same bytes."""
        try:
            path.write_bytes(image.lazy.pngsave_buffer(compression=9, keep="none"))
        except OSError as error:
            raise DataError(f"cannot be written ({error.strerror})", where=str(path)) from error


def _evaluate(image: Any) -> Array:
    """The pixels of a pyvips image in their own sample type, (height, width, bands), over libvips' own memory."""
    dtype = {"uchar": np.uint8, "ushort": np.uint16}[image.format]
    return np.frombuffer(image.write_to_memory(), dtype).reshape(image.height, image.width, image.bands)


def _load(encoded: bytes, format: str, fail_on: str) -> Pixels:
    pyvips = _library()
    image = getattr(pyvips.Image, f"{format}load_buffer")(encoded, access="sequential", fail_on=fail_on)
    if image.get_typeof("orientation") and image.get("orientation") != 1:
        image = image.copy_memory().autorot()  # turning reads out of order
    cmyk = image.interpretation == "cmyk"
    if image.format not in ("uchar", "ushort") or image.interpretation in ("lab", "labs"):
        image = image.colourspace("srgb")
    return _rgb(_evaluate(image), cmyk)


def _rgb(samples: Array, cmyk: bool) -> Pixels:
    """8-bit RGB or RGBA of samples with 8 or 16 bits: grey repeated, CMYK by (1 - C)(1 - K)."""
    if samples.dtype == np.uint16:
        samples = ((samples.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    bands = samples.shape[2]
    if cmyk:
        ink = 255 - samples[:, :, :4].astype(np.uint32)
        return ((ink[:, :, :3] * ink[:, :, 3:] + 127) // 255).astype(np.uint8)
    if bands in (3, 4):
        return samples
    if bands > 4:
        return np.ascontiguousarray(samples[:, :, :4])
    return samples[:, :, [0, 0, 0] if bands == 1 else [0, 0, 0, 1]]


def _reason(error: Any) -> str:
    """The first line of what libvips says, without its own function names."""
    lines = [line.strip() for line in (error.detail or error.message or str(error)).splitlines() if line.strip()]
    return lines[-1].split(": ", 1)[-1] if lines else "libvips does not say why"
