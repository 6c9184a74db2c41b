"""The tiles of Winograd's algorithm: how they are cut, laid out for products, and put back.

A band is some rows of tiles of some samples. Of its image, padding included, each of the 36 elements of a tile becomes
a row of a matrix that has a number for every tile and channel, so that a transform of all tiles is one product.
"""

from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlab.core.types import Array, Empty, Shape
from nnlab.kernels.images.bands import Band, largest, parts_of
from nnlab.kernels.pieces import kept_cuts
from nnlab.kernels.window import Window

SIDE, TILE = 4, 6
"""Outputs and inputs of a tile along each axis."""

OUTPUTS, INPUTS = SIDE * SIDE, TILE * TILE


class Memory(NamedTuple):
    """What one thread works in: an image with its padding, three matrices of a band, and a product to be added."""

    image: Array
    first: Array
    second: Array
    third: Array
    product: Array


@dataclass(frozen=True)
class Tiles:
    """The tiles of a batch.

    Options:  size, out_size: (height, width) of x and y.  pads: of x.  across: tiles in a row.
              channels, maps: of x and y.  parts: bands of rows of tiles.
    """

    size: Shape
    out_size: Shape
    pads: tuple[tuple[int, int], ...]
    across: int
    channels: int
    maps: int
    parts: tuple[tuple[Band, ...], ...]

    @staticmethod
    @kept_cuts(maxsize=256)
    def of(x_shape: Shape, maps: int, window: Window, itemsize: int) -> "Tiles":
        """Those of a convolution of these sizes."""
        size, channels = x_shape[1:3], x_shape[3]
        out_size = window.out_size(size)
        rows, across = (-(-n // SIDE) for n in out_size)
        row_bytes = INPUTS * across * max(channels, maps) * itemsize
        parts = parts_of(x_shape[0], rows, row_bytes, INPUTS * channels * maps * itemsize)
        return Tiles(size, out_size, window.pads, across, channels, maps, parts)

    def memory(self, matrices: int, product: int, dtype: Any, empty: Empty) -> Memory:
        """Options:  matrices: how many are needed.  product: how many numbers it has."""
        samples, rows = largest(self.parts)
        values = samples * max(self.channels, self.maps)
        matrix = values * INPUTS * rows * self.across
        sizes = [matrix if i < matrices else 0 for i in range(3)]
        image = values * SIDE * (rows + 1) * SIDE * (self.across + 1)
        return Memory(*(empty((size,), dtype) for size in (image, *sizes, product)))

    def grid(self, band: Band) -> Shape:
        """Samples, rows of tiles, tiles in a row."""
        return band.samples.stop - band.samples.start, band.rows.stop - band.rows.start, self.across

    def rows_of(self, band: Band) -> tuple[slice, slice]:
        """The rows of x that a band meets, and where they stand in its image."""
        first = band.rows.start * SIDE - self.pads[0][0]
        count = (band.rows.stop - band.rows.start) * SIDE + TILE - SIDE
        low = min(max(0, first), self.size[0])
        high = max(low, min(self.size[0], first + count))
        return slice(low, high), slice(low - first, high - first)


def laid_out(x: Array, tiles: Tiles, band: Band, image: Array, into: Array) -> Array:
    """d: what each tile meets of x.  Shapes:  result: (36, tiles * channels), in `into`"""
    samples, rows, across = tiles.grid(band)
    source, target = tiles.rows_of(band)
    left, width = tiles.pads[1][0], tiles.size[1]
    wide = _taken(image, (samples, SIDE * rows + 2, SIDE * across + 2, tiles.channels))
    wide[:, : target.start] = 0
    wide[:, target.stop :] = 0
    wide[:, :, :left] = 0
    wide[:, :, left + width :] = 0
    wide[:, target, left : left + width] = x[band.samples, source]
    sample, row, column, channel = wide.strides
    met = as_strided(
        wide,
        (TILE, TILE, samples, rows, across, tiles.channels),
        (row, column, sample, SIDE * row, SIDE * column, channel),
    )
    d = _taken(into, met.shape)
    np.copyto(d, met)
    return d.reshape(INPUTS, -1)


def added_up(d: Array, tiles: Tiles, band: Band, image: Array, dx: Array) -> None:
    """dx += d, added up where tiles overlap.  Shapes:  d: (36, tiles * channels)"""
    samples, rows, across = tiles.grid(band)
    d = d.reshape(TILE, TILE, samples, rows, across, tiles.channels)
    wide = _taken(image, (samples, rows + 1, SIDE, across + 1, SIDE, tiles.channels))
    wide[:, rows] = 0
    wide[:, :, :, across] = 0
    by_element = wide.transpose(2, 4, 0, 1, 3, 5)
    by_element[:, :, :, :rows, :across] = d[:SIDE, :SIDE]
    for there, of in (
        (np.s_[:2, :, :, 1:, :across], np.s_[SIDE:, :SIDE]),
        (np.s_[:, :2, :, :rows, 1:], np.s_[:SIDE, SIDE:]),
        (np.s_[:2, :2, :, 1:, 1:], np.s_[SIDE:, SIDE:]),
    ):
        met = by_element[there]
        met += d[of]
    source, target = tiles.rows_of(band)
    left, width = tiles.pads[1][0], tiles.size[1]
    given = wide.reshape(samples, SIDE * (rows + 1), SIDE * (across + 1), tiles.channels)[
        :, target, left : left + width
    ]
    begun = max(0, min(2 - target.start, given.shape[1])) if band.rows.start else 0  # by the band above
    own = dx[band.samples, source]
    own[:, :begun] += given[:, :begun]
    own[:, begun:] = given[:, begun:]


def put_back(outputs: Array, tiles: Tiles, band: Band, image: Array, y: Array, bias: Array | None) -> None:
    """y = outputs + bias.  Shapes:  outputs: (16, tiles * maps)"""
    samples, rows, across = tiles.grid(band)
    wide = _taken(image, (samples, rows, SIDE, across, SIDE, tiles.maps))
    np.copyto(wide.transpose(2, 4, 0, 1, 3, 5), outputs.reshape(SIDE, SIDE, samples, rows, across, tiles.maps))
    own = y[band.samples, band.rows.start * SIDE : band.rows.stop * SIDE]
    given = wide.reshape(samples, SIDE * rows, SIDE * across, tiles.maps)[:, : own.shape[1], : own.shape[2]]
    if bias is None:
        np.copyto(own, given)
    else:
        np.add(given, bias, out=own)


def taken_apart(dy: Array, tiles: Tiles, band: Band, image: Array, into: Array) -> Array:
    """The outputs of each tile.  Shapes:  result: (16, tiles * maps), in `into`"""
    samples, rows, across = tiles.grid(band)
    own = dy[band.samples, band.rows.start * SIDE : band.rows.stop * SIDE]
    wide = _taken(image, (samples, SIDE * rows, SIDE * across, tiles.maps))
    wide[:, own.shape[1] :] = 0
    wide[:, :, own.shape[2] :] = 0
    wide[:, : own.shape[1], : own.shape[2]] = own
    apart = wide.reshape(samples, rows, SIDE, across, SIDE, tiles.maps).transpose(2, 4, 0, 1, 3, 5)
    outputs = _taken(into, apart.shape)
    np.copyto(outputs, apart)
    return outputs.reshape(OUTPUTS, -1)


def _taken(memory: Array, shape: Shape) -> Array:
    """The beginning of some memory, in a shape."""
    return memory[: prod(shape)].reshape(shape)
