"""Pictures in an array of any usual kind as pixels: uint8, channels last."""

from collections.abc import Iterable

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array

CHANNELS = (1, 3, 4)
"""Grey, RGB, RGBA."""

HINT = "bring them to 0 to 255 as uint8, or to 0 to 1 as float"


def in_unit(several: Iterable[Array]) -> bool:
    """Whether the floating-point numbers among these arrays are from 0 to 1."""
    return all(images.size == 0 or bool(images.max() <= 1) for images in several if images.dtype.kind == "f")


def pixels_of(images: Array, name: str, *, where: str, unit: bool) -> Array:
    """The same pictures; where nothing is to change, the same memory.

    Shapes:   images: (samples, height, width), or with 1, 3 or 4 channels, last or first;
              result: (samples, height, width, channels) uint8
    Options:  name: of the array.  where: what holds it.  unit: whether floating-point numbers are of 0 to 1.
    Raises:   DataError: naming the array and what is wrong with it.
    """

    def refuse(what: str, hint: str) -> DataError:
        return DataError(f"{name} {what}", where=where, hint=hint)

    if images.ndim == 3:
        images = images[..., None]
    elif images.ndim == 4 and images.shape[3] not in CHANNELS and images.shape[1] in CHANNELS:
        images = images.transpose(0, 2, 3, 1)
    if images.ndim != 4 or images.shape[3] not in CHANNELS or 0 in images.shape[1:]:
        shape = " x ".join(map(str, images.shape))
        raise refuse(f"has the shape {shape}", "images are samples x height x width, or that x 1, 3 or 4 channels")
    if images.dtype.kind == "b":
        images = images * np.uint8(255)
    if images.dtype.kind not in "uif":
        raise refuse(f"has the type {images.dtype}", "save it as uint8, or as float of 0 to 1")
    if images.dtype != np.uint8 and images.size:
        low, high = images.min(), images.max()
        if not np.isfinite([low, high]).all():
            first = int(np.argwhere(~np.isfinite(images))[0, 0])
            raise refuse(f"has NaN or infinite values, first in picture {first}", "mend or leave out such pictures")
        if not (low >= 0 and high <= 255):
            raise refuse(f"has values of {low:g} to {high:g}", HINT)
        images = np.rint(images * 255 if unit and images.dtype.kind == "f" else images).astype(np.uint8)
    return np.ascontiguousarray(images, np.uint8)


def refuse_doubtful(several: Iterable[Array], name: str, *, where: str) -> None:
    """Raises DataError: where the highest of floating-point numbers is a little above 1, and so of neither range.

    Interpolation overshoots; read as 0 to 255 such pictures would be black.
    """
    high = max((float(each.max()) for each in several if each.dtype.kind == "f" and each.size), default=0.0)
    if 1 < high <= 2:
        what = f"{name} has values up to {high:g}, which are neither of 0 to 1 nor of 0 to 255"
        raise DataError(what, where=where, hint="clip them: numpy.clip(x, 0, 1)")
