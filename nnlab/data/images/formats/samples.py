"""Samples of a TIFF's pixels, as they stand in the file, to RGB or RGBA: the same arithmetic for every library."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array, Pixels
from nnlab.data.values import rounded
from nnlab.kernels.threads import one_blas_thread

COLOURS = {"grey": 1, "rgb": 3, "ycbcr": 3, "lab": 3, "icclab": 3, "cmyk": 4}
"""How many samples a colour takes."""

FROM_XYZ_D50 = np.array(
    [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]]
)
"""Linear sRGB of XYZ whose white is D50, adapted by Bradford's method.

Source:  Lindbloom, "RGB/XYZ Matrices", brucelindbloom.com, 2017.
"""

WHITE_D50 = np.array([0.96422, 1.0, 0.82521])


AT_ONCE = 1 << 18
"""How many pixels are converted at once: they, and what is made on the way, stay in the processor's cache."""


@dataclass(frozen=True)
class Samples:
    """What the samples of a pixel are.

    Options:  colour: a name of COLOURS; its samples stand first.  count: how many a decoder gives.
              inverted: whether 0 is white.
              alpha: the number of the sample that is transparency; None where none is.
              premultiplied: whether colours were multiplied by it.
    """

    colour: str
    count: int
    inverted: bool = False
    alpha: int | None = None
    premultiplied: bool = False

    def rgb(self, samples: Array) -> Pixels:
        """RGB or RGBA, as `rgb_of_rows` gives it, a few rows at once."""
        return by_rows(self.rgb_of_rows, samples)

    def rgb_of_rows(self, samples: Array) -> Pixels:
        """RGB or RGBA of samples with 8 bits.

        Shapes:  samples: (height, width, samples); the colours and, where there is one, alpha among them.
        Raises:  DataError: when the decoder gives too few samples.
        """
        colours = samples[:, :, : COLOURS[self.colour]]
        if self.inverted:
            colours = 255 - colours
        if self.colour == "grey":
            colours = colours[:, :, [0, 0, 0]]
        elif self.colour in _TO_RGB:
            colours = _TO_RGB[self.colour](colours)
        if self.alpha is None:
            return np.ascontiguousarray(colours)
        if self.alpha >= samples.shape[2]:
            raise DataError(
                f"its transparency is sample {self.alpha + 1} of a pixel; ImageMagick reads {samples.shape[2]}",
                hint="use --data-loader=Vips, or save it as PNG",
            )
        alpha = samples[:, :, self.alpha : self.alpha + 1]
        if self.premultiplied:
            whole = np.maximum(alpha, 1).astype(np.uint32)
            colours = np.minimum((colours * np.uint32(255) + whole // 2) // whole, 255).astype(np.uint8)
        return np.concatenate([colours, alpha], axis=2)


def by_rows(convert: Callable[[Array], Pixels], samples: Array) -> Pixels:
    """What `convert` makes of the samples, some rows at once: what it needs beside the result stays small.

    Shapes:  samples: (height, width, ...); result: (height, width, ...) uint8
    """
    rows = max(1, AT_ONCE // samples.shape[1])
    parts = (convert(samples[first : first + rows]) for first in range(0, len(samples), rows))
    made = next(parts)
    if rows >= len(samples):
        return made
    whole = np.empty((len(samples), *made.shape[1:]), np.uint8)
    whole[:rows] = made
    for number, part in enumerate(parts, start=1):
        whole[number * rows : (number + 1) * rows] = part
    return whole


def cmyk_to_rgb(inks: Array) -> Pixels:
    """(1 - C)(1 - K), and so on: no profile is applied."""
    light = 255 - inks.astype(np.uint32)
    return ((light[:, :, :3] * light[:, :, 3:] + 127) // 255).astype(np.uint8)


def _ycbcr_to_rgb(samples: Array) -> Pixels:
    """R = Y + 1.402 Cr, G = Y - 0.344 Cb - 0.714 Cr, B = Y + 1.772 Cb, with Cb and Cr around 128 (ITU-R BT.601)."""
    y, cb, cr = (samples[:, :, place].astype(np.float32) for place in range(3))
    cb, cr = cb - 128, cr - 128
    red, blue = y + 1.402 * cr, y + 1.772 * cb
    green = (y - 0.299 * red - 0.114 * blue) / 0.587
    return rounded(np.stack([red, green, blue], axis=2))


def _lab_to_rgb(samples: Array) -> Pixels:
    """CIE 1976 L*a*b* with signed a* and b*, white D50 as in a print profile, to sRGB."""
    return _icclab_to_rgb(samples ^ np.array([0, 128, 128], np.uint8))


def _icclab_to_rgb(samples: Array) -> Pixels:
    """L*a*b* with a* and b* around 128; linear light f³ where f > 6/29, else its tangent; then sRGB's curve."""
    values = samples.astype(np.float32)
    middle = (values[:, :, 0] * (100 / 255) + 16) / 116
    f = np.stack([middle + (values[:, :, 1] - 128) / 500, middle, middle - (values[:, :, 2] - 128) / 200], axis=2)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * WHITE_D50
    with one_blas_thread():  # of the thread that reads this picture, beside others that read theirs
        linear = np.clip(xyz @ FROM_XYZ_D50.T, 0, 1)
    return rounded(255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))


_TO_RGB = {"ycbcr": _ycbcr_to_rgb, "lab": _lab_to_rgb, "icclab": _icclab_to_rgb, "cmyk": cmyk_to_rgb}
