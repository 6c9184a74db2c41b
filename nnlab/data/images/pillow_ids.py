"""Pictures whose values are numbers of classes, by Pillow, whatever library reads the others: nothing changes them."""

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.data.images.formats.plain import PLUGINS, load, opened
from nnlab.data.images.header import read_header
from nnlab.data.images.pillow_files import CLASSES

LOSSLESS = ("png", "bmp", "gif", "tiff", "pnm")
"""Formats that keep every value."""


def ids_of(encoded: bytes, *, lossy: bool = False) -> Array:
    """The value of every pixel: of a picture with a palette its place there, else how bright it is.

    Shapes:   result: (height, width), uint8 or uint16
    Options:  lossy: whether formats are taken that do not keep values.
    Raises:   DataError: when it is no such picture, or in colours.
    """
    header = read_header(encoded)
    if header.format not in LOSSLESS and not lossy:
        raise DataError(
            f"is {header.format.upper()}, which does not keep the numbers of classes as they were drawn",
            hint="save masks as PNG, or take them for black and white: --masks=binary",
        )
    plugin = (PLUGINS | CLASSES).get(header.format)
    if plugin is None:
        raise DataError(f"is {header.format.upper()}, which no mask can be", hint="save masks as PNG")
    picture = opened(plugin, header.bare if header.format == "png" else encoded)  # whose texts Pillow would unpack
    load(picture)
    return _grey(np.asarray(picture.convert("L") if picture.mode == "1" else picture))


def _grey(values: Array) -> Array:
    """One channel of those that are all alike; an alpha channel says nothing of classes."""
    if values.ndim == 3:
        colours = values[:, :, :1] if values.shape[2] == 2 else values[:, :, :3]
        if (colours != colours[:, :, :1]).any():
            hint = "save them in grey, or with a palette: 0 for the first class, 1 for the second"
            raise DataError("is in colours, and masks are numbers of classes", hint=hint)
        values = colours[:, :, 0]
    if values.ndim != 2 or values.dtype.kind not in "ui" or values.min(initial=0) < 0:
        if values.dtype == np.int32 and values.min(initial=0) >= 0 and values.max(initial=0) < 1 << 16:
            return values.astype(np.uint16)  # some 16-bit greys come so
        raise DataError("holds no whole numbers from 0")
    return values if values.dtype.itemsize <= 2 else values.astype(np.uint16)
