"""A 3x3 convolution of images by Winograd's algorithm (kernels/images/winograd.py), U = KG w being a constant.

    y = KA [ (KG w) (KB d) ]

Shapes:  x: (batch, height, width, channels); w: (maps, channels, 3, 3); y: (batch, *out, maps)
"""

from dataclasses import replace
from math import prod

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.images.bands import Band
from nnlab.kernels.images.tiles import INPUTS, OUTPUTS, SIDE, Memory, Tiles, laid_out, put_back
from nnlab.kernels.images.winograd import fits, kernel_transformed, kronecker
from nnlab.kernels.pieces import cuts
from nnlab.kernels.window import Window
from nnlab.onnx.engine.program.finish import Finish
from nnlab.onnx.engine.program.site import Call, Site
from nnlab.onnx.engine.program.work import on_lanes, one_by_one, pieces_of

BAND_BYTES = 1 << 20
"""Of the inputs, or the products, of a band's tiles."""

FLOAT = 4
"""Bytes."""

LEAST = 32
"""Of channels and of maps, from which it pays: of fewer, to transform takes as long as is saved."""

FEW = 16
"""Tiles, from which it pays."""

SHARE = 8
"""So many times the tiles' own numbers U may be large: it takes four times the room of the weights, and is fetched from
memory in every run."""


def pays(x: Array, w: Array, window: Window, y: Array) -> bool:
    """Whether it is quicker than columns, in float32: sums of float64 are to be as exact as they can be."""
    channels, maps = x.shape[3], len(w)
    if not fits(window) or x.dtype != np.float32 or min(channels, maps) < LEAST:
        return False
    tiles = len(y) * prod(-(-n // SIDE) for n in y.shape[1:3])
    return tiles >= FEW and bool(channels * maps <= SHARE * tiles * (channels + maps))


def by_tiles(site: Site, x: Array, w: Array, window: Window, y: Array, finish: Finish) -> Call:
    """The call that writes y."""
    kernel = site.constant("winograd", lambda: kernel_transformed(np.ascontiguousarray(w.transpose(2, 3, 1, 0))))
    tiles = _in_bands(Tiles.of(x.shape, len(w), window, x.itemsize), len(x))
    bands = tiles.parts[0]
    flat_y = y.reshape(-1, y.shape[3])

    def lay_out(place: int, memory: Memory) -> Call:
        return _band(x, kernel, tiles, bands[place], (y, flat_y, finish), memory)

    return on_lanes(len(bands), lambda: tiles.memory(2, 0, x.dtype, site.array), lay_out, worth=len(bands) > 1)


def _in_bands(tiles: Tiles, batch: int) -> Tiles:
    """The tiles in rows of one sample that stay in the cache, and are enough for threads to share."""
    rows, across = (-(-n // SIDE) for n in tiles.out_size)
    channels, maps = tiles.channels, tiles.maps
    products = rows * across * (INPUTS * channels * maps + INPUTS**2 * channels + INPUTS * OUTPUTS * maps)
    fits = -(-rows * across * INPUTS * max(channels, maps) * FLOAT // BAND_BYTES)
    shares = -(-min(pieces_of(products * batch), max(2, batch * rows * across // FEW)) // batch)
    bands = [Band(slice(n, n + 1), cut, 0) for n in range(batch) for cut in cuts(rows, max(fits, shares))]
    return replace(tiles, parts=(tuple(bands),))


def _band(x: Array, kernel: Array, tiles: Tiles, band: Band, into: tuple[Array, Array, Finish], memory: Memory) -> Call:
    y, flat_y, finish = into
    kb, _, ka = kronecker(x.dtype)
    count = prod(tiles.grid(band))
    first, second = memory.first, memory.second
    v = second[: INPUTS * count * tiles.channels].reshape(INPUTS, count, tiles.channels)
    m = first[: INPUTS * count * tiles.maps].reshape(INPUTS, count, tiles.maps)
    outputs = second[: OUTPUTS * count * tiles.maps].reshape(OUTPUTS, -1)
    start, stop = (
        (sample * y.shape[1] + min(row * SIDE, y.shape[1])) * y.shape[2]
        for sample, row in ((band.samples.start, band.rows.start), (band.samples.stop - 1, band.rows.stop))
    )

    def transform() -> None:
        np.matmul(kb, laid_out(x, tiles, band, memory.image, first), out=v.reshape(INPUTS, -1))
        np.matmul(v, kernel, out=m)
        np.matmul(ka, m.reshape(INPUTS, -1), out=outputs)
        put_back(outputs, tiles, band, memory.image, y, None)

    cut = slice(start, stop)
    return one_by_one([transform, *finish.places(cut).calls(flat_y[cut])])
