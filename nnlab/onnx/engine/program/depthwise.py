"""A convolution of images with one map per channel, the channels last.

    y[i, j, c] = sum over a, b of w[a, b, c] x[i s + a d - p, j s + b d - p, c]

Where the width moves by one, all places of a row are one run of numbers, and the weights are laid out as often. einsum
adds what every element of the kernel gives to a run while that is in the first-level cache.

Shapes:  x: (batch, height, width, channels); w: (channels, 1, kernel height, kernel width); y: (batch, *out, channels)
"""

from functools import partial
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlab.core.types import Array
from nnlab.kernels.bands import BAND_BYTES
from nnlab.kernels.pieces import cuts
from nnlab.kernels.window import Window
from nnlab.onnx.engine.program.finish import Finish
from nnlab.onnx.engine.program.site import Call, Site
from nnlab.onnx.engine.program.slab import met_rows, padded
from nnlab.onnx.engine.program.work import on_lanes, one_by_one, pieces_of

THIN = 8
"""A multiplication here takes as long as so many of a product of matrices."""

RUN = 2048
"""Numbers of a run: of more, weights and sums leave the first-level cache."""


def by_channel(site: Site, x: Array, w: Array, window: Window, y: Array, finish: Finish) -> Call:
    """The call that writes y."""
    batch, height, width, channels = y.shape
    across = _places_of_a_run(width, channels) if window.strides[1] == 1 else 1
    weights = site.constant(("by channel", across), lambda: _weights(w, across))
    wide = x.shape[2] + sum(window.pads[1])
    products = y.size * prod(window.kernel) * THIN
    per_sample = max(-(-pieces_of(products) // batch), -(-2 * height * width * channels * x.itemsize // BAND_BYTES))
    bands = [(n, cut) for n in range(batch) for cut in cuts(height, min(height, per_sample))]
    high = met_rows(window, max(cut.stop - cut.start for _, cut in bands))

    def lane() -> Array:
        return site.array((high, wide, channels), x.dtype)

    def lay_out(place: int, slab: Array) -> Call:
        sample, cut = bands[place]
        own = y[sample, cut]
        first = cut.start * window.strides[0] - window.pads[0][0]
        rows = met_rows(window, cut.stop - cut.start)
        start = (sample * height + cut.start) * width
        places = slice(start, start + (cut.stop - cut.start) * width)
        return one_by_one(
            [
                *padded(x[sample], first, window.pads[1][0], slab[:rows]),
                _sums(slab[:rows], weights, window, own),
                *finish.places(places).calls(own.reshape(-1, channels)),
            ]
        )

    return on_lanes(len(bands), lane, lay_out, worth=pieces_of(products) > 1)


def _places_of_a_run(width: int, channels: int) -> int:
    """As many places as make up a run, in equal shares of a row."""
    shares = -(-width * channels // RUN)
    while width % shares:
        shares += 1
    return width // shares


def _weights(w: Array, across: int) -> Array:
    """(kernel height, kernel width, places of a run * channels)"""
    by_element = w[:, 0].transpose(1, 2, 0)
    return np.ascontiguousarray(np.tile(by_element, (1, 1, across)))


def _sums(slab: Array, weights: Array, window: Window, y: Array) -> Call:
    """The call that writes some rows of one sample's output.  Shapes:  slab: (rows, wide, channels)"""
    row, column, number = slab.strides
    (down, right), (by_row, by_column) = window.strides, window.dilations
    height, width, channels = y.shape
    across = weights.shape[2] // channels
    seen = as_strided(
        slab,
        (height, width // across, *window.kernel, across * channels),
        (row * down, column * right * across, row * by_row, column * by_column, number),
    )
    target = y.reshape(height, width // across, across * channels)
    return partial(np.einsum, "hwabr,abr->hwr", seen, weights, out=target)
