"""Arithmetic on the values of pixels, 0 to 255."""

import numpy as np

from nnlab.core.types import Array, Pixels


def rounded(values: Array) -> Pixels:
    """The nearest of 0..255 to each, which are written over.  Shapes:  values and result alike"""
    np.rint(values, out=values)
    np.maximum(values, 0, out=values)
    return np.minimum(values, 255, out=values).astype(np.uint8)


def looked_up(pixels: Pixels, values: Array) -> Pixels:
    """Each pixel's value in a table, rounded. Ten times as quick as by NumPy's own indexing.

    Shapes:  values: (256,), float; result: as the pixels
    """
    table = rounded(values).tobytes()
    return np.frombuffer(pixels.tobytes().translate(table), np.uint8).reshape(pixels.shape)


def looked_up_by_channel(pixels: Pixels, values: Array) -> Pixels:
    """The same, with a table for each channel.  Shapes:  values: (channels, 256), float"""
    tables = rounded(values)
    found = np.empty_like(pixels)
    for channel, table in enumerate(tables):
        own = pixels[:, :, channel]
        found[:, :, channel] = np.frombuffer(own.tobytes().translate(table.tobytes()), np.uint8).reshape(own.shape)
    return found


def blended(plain: Pixels, pixels: Pixels, factor: float) -> Pixels:
    """plain + factor (x - plain), rounded.  Shapes:  plain: (height, width, channels), or (height, width) for each"""
    values = pixels.astype(np.float32)
    values *= np.float32(factor)
    rest = plain * np.float32(1 - factor)
    for channel in range(pixels.shape[2]):  # one by one: NumPy is slow where the last side is short
        values[:, :, channel] += rest if rest.ndim == 2 else rest[:, :, channel]
    return rounded(values)
