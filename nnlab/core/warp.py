"""Pixels drawn anew from the places that they come from: between pixels for pictures, by the nearest for masks."""

from collections.abc import Sequence

import numpy as np

from nnlab.core.types import Array, Pixels

BITS = 13
"""Places are whole numbers of 1/8192 of a pixel, which is 0.02 grey levels between black and white."""

PARTS = 1 << BITS

LANE = 8 + BITS
"""Bits of a channel's value times a weight. Three channels lie side by side in 64 bits and are weighted at once."""

LANES = 64 // LANE

BAND = 1 << 16
"""Pixels that are drawn at once: what stands between takes a hundred bytes for each."""

EDGE = 1e-9
"""Rounding that does not move a place to the next pixel, where it lies on the edge between two."""


def bilinear(pixels: Pixels, x: Array, y: Array, fill: Sequence[int]) -> Pixels:
    """The colours at these places, between the four pixels around each; pixel (0, 0) has its centre at (0.5, 0.5).

    c = (1 - v) ((1 - u) c00 + u c01) + v ((1 - u) c10 + u c11),  u, v: how far right of and below the centre of c00

    Outside lies the colour `fill`, with which the outermost pixels are blended; where it is empty, the outermost
    pixels go on for ever. Computed in whole numbers, so it is the same on every machine.

    Shapes:  x and y: (height, width), or one of them a row or a column where it is the same all over; result: (height,
             width, channels), uint8
    """
    height, width = np.broadcast(x, y).shape
    groups = [range(first, min(first + LANES, pixels.shape[2])) for first in range(0, pixels.shape[2], LANES)]
    canvases = [_packed(pixels, channels, fill) for channels in groups]
    drawn = np.empty((height, width, pixels.shape[2]), np.uint8)
    rows = max(1, BAND // width)
    for first in range(0, height, rows):
        band = slice(first, first + rows)
        some_x, some_y = (places if len(places) == 1 else places[band] for places in (x, y))
        left, right = _between(some_x, pixels.shape[1], bool(fill))
        top, below = _between(some_y, pixels.shape[0], bool(fill))
        for channels, canvas in zip(groups, canvases, strict=True):
            _draw(drawn[band, :, channels.start : channels.stop], canvas, (left, right), (top, below))
    return drawn


def _draw(drawn: Pixels, canvas: Array, across: tuple[Array, Array], down: tuple[Array, Array]) -> None:
    """Up to three channels, of a canvas whose pixels are packed, by places between its pixels."""
    (left, right), (top, below), values = across, down, canvas.reshape(-1)
    start = top * canvas.shape[1] + left
    both = (right * below + PARTS // 2) >> BITS
    weights = [weight.view(np.uint64) for weight in (PARTS - right - below + both, right - both, below - both, both)]
    total = weights[0] * values.take(start, mode="clip")  # clip: which is quicker, and never happens
    for weight, at in zip(weights[1:], (1, canvas.shape[1], canvas.shape[1] + 1), strict=True):
        total += weight * values[at:].take(start, mode="clip")
    total += np.uint64(sum(PARTS // 2 << lane * LANE for lane in range(LANES)))
    for lane in range(drawn.shape[2]):
        drawn[..., lane] = total >> np.uint64(lane * LANE + BITS)  # of which uint8 keeps this lane's 8 bits


def nearest(pixels: Array, x: Array, y: Array, outside: int) -> Array:
    """The value of the pixel that holds each place, `outside` where there is none.

    Shapes:  pixels: (height, width); x, y and result: as above, without channels.
    """
    height, width = pixels.shape
    column, row = (np.floor(places + EDGE).astype(np.intp) for places in (x, y))
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    found: Array = pixels[row.clip(0, height - 1), column.clip(0, width - 1)]
    return np.where(inside, found, np.asarray(outside, pixels.dtype))


def looked_up(values: Array, x: Array, y: Array) -> Array:
    """Numbers at these places, between the four around each; the outermost go on for ever.

    Shapes:  values: (height, width); x, y: as for `bilinear`; result: (height, width) of the places, float32
    """
    columns, right = _beside(x, values.shape[1])
    rows, below = _beside(y, values.shape[0])
    last = (values.shape[0] - 1, values.shape[1] - 1)
    found = np.zeros(np.broadcast(x, y).shape, np.float32)
    for down, share_y in ((0, 1 - below), (1, below)):
        for across, share_x in ((0, 1 - right), (1, right)):
            taken = values[np.minimum(rows + down, last[0]), np.minimum(columns + across, last[1])]
            found += (share_y * share_x * taken).astype(np.float32)
    return found


def _beside(places: Array, length: int) -> tuple[Array, Array]:
    """The pixel at or before each place, and how far beyond its centre it is."""
    at = np.clip(places - 0.5, 0, length - 1)
    whole = at.astype(np.intp)
    return whole, at - whole


def _between(places: Array, length: int, filled: bool) -> tuple[Array, Array]:
    """The pixel before each place, counted from the margin of one pixel, and how far beyond its centre it is."""
    first, last = (0, (length + 1) * PARTS - 1) if filled else (PARTS, length * PARTS)
    near = places * PARTS
    near += PARTS / 2 + 0.5  # the latter to round: what follows cuts fractions off
    parts = np.clip(near, first, last, out=near).astype(np.int64)
    return parts >> BITS, parts & (PARTS - 1)


def _packed(pixels: Pixels, channels: range, fill: Sequence[int]) -> Array:
    """These channels of each pixel in one number, with a margin of one pixel all around."""
    height, width, _ = pixels.shape
    canvas = np.zeros((height + 2, width + 2), np.uint64)
    if fill:
        canvas += np.uint64(sum(int(fill[channel % len(fill)]) << LANE * lane for lane, channel in enumerate(channels)))
    inner = pixels[:, :, channels[0]].astype(np.uint64)
    for lane, channel in enumerate(channels[1:], start=1):
        inner |= pixels[:, :, channel].astype(np.uint64) << np.uint64(LANE * lane)
    canvas[1:-1, 1:-1] = inner
    return canvas
