"""Pictures in an array of any usual kind as pixels: uint8, channels last. An array may come in blocks of its rows."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnlab.core.errors import DataError
from nnlab.core.types import Array, Shape

CHANNELS = (1, 3, 4)
"""Grey, RGB, RGBA."""

HINT = "bring them to 0 to 255 as uint8, or to 0 to 1 as float"


@dataclass(frozen=True)
class Extent:
    """Between which values an array's lie.

    Options:  low, high: of uint8 and of truths, which are not looked at, 0 and 1.
              floats: whether it has floating-point numbers.  broken: the first picture with NaN or infinite ones.
    """

    low: float = 0.0
    high: float = 1.0
    floats: bool = False
    broken: int | None = None

    @classmethod
    def of(cls, dtype: npt.DTypeLike, blocks: Iterable[Array]) -> "Extent":
        """Of an array of that type, block by block."""
        kind = np.dtype(dtype).kind
        if kind not in "uif" or np.dtype(dtype) == np.uint8:
            return cls()
        low, high, before, broken = np.inf, -np.inf, 0, None
        for block in blocks:
            if block.size:
                lowest, highest = block.min(), block.max()
                if broken is None and not np.isfinite([lowest, highest]).all():
                    broken = before + int(np.argwhere(~np.isfinite(block))[0, 0])
                low, high = min(low, float(lowest)), max(high, float(highest))
            before += len(block)
        return cls(low, high, kind == "f", broken) if before else cls(floats=kind == "f")


def in_unit(several: Iterable[Extent]) -> bool:
    """Whether the floating-point numbers among these arrays are from 0 to 1."""
    return all(extent.high <= 1 for extent in several if extent.floats)


def refuse_doubtful(several: Iterable[Extent], name: str, *, where: str) -> None:
    """Raises DataError: where the highest of floating-point numbers is a little above 1, and so of neither range.

    Interpolation overshoots; read as 0 to 255 such pictures would be black.
    """
    high = max((each.high for each in several if each.floats and each.broken is None), default=0.0)
    if 1 < high <= 2:
        what = f"{name} has values up to {high:g}, which are neither of 0 to 1 nor of 0 to 255"
        raise DataError(what, where=where, hint="clip them: numpy.clip(x, 0, 1)")


def refuse_beyond(extent: Extent, name: str, *, where: str) -> None:
    """Raises DataError: where values are none of pixels."""
    if extent.broken is not None:
        what = f"{name} has NaN or infinite values, first in picture {extent.broken}"
        raise DataError(what, where=where, hint="mend or leave out such pictures")
    if not (extent.low >= 0 and extent.high <= 255):
        raise DataError(f"{name} has values of {extent.low:g} to {extent.high:g}", where=where, hint=HINT)


def picture_shape(shape: Shape, dtype: npt.DTypeLike, name: str, *, where: str) -> Shape:
    """What shape an array has as pictures, channels last.

    Shapes:   shape: (samples, height, width), or with 1, 3 or 4 channels, last or first
    Raises:   DataError: naming the array, where it cannot be one of pictures.
    """
    if len(shape) == 3:
        shape = (*shape, 1)
    elif _first(shape):
        shape = (shape[0], *shape[2:], shape[1])
    if len(shape) != 4 or shape[3] not in CHANNELS or 0 in shape[1:]:
        hint = "images are samples x height x width, or that x 1, 3 or 4 channels"
        raise DataError(f"{name} has the shape {' x '.join(map(str, shape))}", where=where, hint=hint)
    if np.dtype(dtype).kind not in "buif":
        hint = "save it as uint8, or as float of 0 to 1"
        raise DataError(f"{name} has the type {np.dtype(dtype)}", where=where, hint=hint)
    return shape


def as_pixels(block: Array, *, unit: bool) -> Array:
    """Sound pictures as uint8, channels last; where nothing is to change, the same memory.

    Options:  unit: whether floating-point numbers are of 0 to 1.
    """
    if block.ndim == 3:
        block = block[..., None]
    elif _first(block.shape):
        block = block.transpose(0, 2, 3, 1)
    if block.dtype.kind == "b":
        block = block * np.uint8(255)
    if block.dtype != np.uint8:
        block = np.rint(block * 255 if unit and block.dtype.kind == "f" else block).astype(np.uint8)
    return np.ascontiguousarray(block, np.uint8)


def pixels_of(images: Array, name: str, *, where: str, unit: bool) -> Array:
    """The pictures of a whole array.

    Shapes:   images: as of `picture_shape`; result: (samples, height, width, channels) uint8
    Options:  name: of the array.  where: what holds it.  unit: as of `as_pixels`.
    Raises:   DataError: naming the array and what is wrong with it.
    """
    picture_shape(images.shape, images.dtype, name, where=where)
    refuse_beyond(Extent.of(images.dtype, [images]), name, where=where)
    return as_pixels(images, unit=unit)


def _first(shape: Shape) -> bool:
    """Whether channels come before height and width."""
    return len(shape) == 4 and shape[3] not in CHANNELS and shape[1] in CHANNELS
