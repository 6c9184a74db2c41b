"""A batch of images cut into bands that stay in the processor's cache, dealt to threads as sizes alone decide.

A band is some rows of some samples' outputs. The bands of one part are done in order by one thread; the sums of the
parts are added up in their order. So nothing depends on how many threads there are.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from math import ceil, prod
from typing import Any, NamedTuple

from nnlab.core.types import Array, Shape
from nnlab.kernels.bands import PARTS
from nnlab.kernels.pieces import kept_cuts, piece_bytes
from nnlab.kernels.threads import in_threads_with
from nnlab.kernels.window import Window

BAND_BYTES = 1 << 21
"""Of what a band is laid out to (its columns): written and read from the caches. A band is a few calls of NumPy, at the
end of which threads may have to wait for each other: calls of less than a tenth of a millisecond were measured to take
longer on two threads than on one."""

PART_BYTES = 1 << 18
"""Of what a part has at least: less is not worth a thread."""

SUM_BYTES = 1 << 24
"""Of the sums of all parts: a layer with large weights is dealt in fewer parts."""


class Band(NamedTuple):
    """Some rows of the outputs of some samples, and the part that it belongs to."""

    samples: slice
    rows: slice
    part: int


@kept_cuts(maxsize=1024)
def parts_of(
    samples: int, rows: int, row_bytes: int, sum_bytes: int = 0, band_bytes: int | None = None
) -> tuple[tuple[Band, ...], ...]:
    """All bands, in parts that share no sample. What is too little for a band is not worth a part of its own.

    Options:  rows: of a sample's output.  row_bytes: what one of them is laid out to.  sum_bytes: of a part's sum.
              band_bytes: what a band is laid out to at most; BAND_BYTES unless it is said.
    """
    most = max(2, SUM_BYTES // sum_bytes) if sum_bytes else PARTS
    worth = 1 << max(0, (samples * rows * row_bytes // piece_bytes(PART_BYTES)).bit_length() - 1)  # a power of two
    count = max(1, min(PARTS, most, samples, worth))
    cuts = [(samples * i // count, samples * (i + 1) // count) for i in range(count)]
    most_bytes = piece_bytes(band_bytes or BAND_BYTES)
    return tuple(tuple(_bands(part, *cut, rows, row_bytes, most_bytes)) for part, cut in enumerate(cuts))


def _bands(part: int, start: int, stop: int, rows: int, row_bytes: int, band_bytes: int) -> list[Band]:
    """Whole samples where several fit, else a sample's rows in equal shares."""
    fits = band_bytes // max(1, rows * row_bytes)
    if fits:
        pieces = max(1, ceil((stop - start) / fits))
        cuts = [start + (stop - start) * i // pieces for i in range(pieces + 1)]
        return [Band(slice(a, b), slice(0, rows), part) for a, b in pairwise(cuts)]
    shares = min(rows, ceil(rows * row_bytes / band_bytes))
    cuts = [rows * i // shares for i in range(shares + 1)]
    return [
        Band(slice(sample, sample + 1), slice(a, b), part) for sample in range(start, stop) for a, b in pairwise(cuts)
    ]


def largest(parts: Sequence[Sequence[Band]]) -> tuple[int, int]:
    """The most samples and the most rows that a band has."""
    bands = [band for part in parts for band in part]
    return (
        max((band.samples.stop - band.samples.start for band in bands), default=0),
        max((band.rows.stop - band.rows.start for band in bands), default=0),
    )


def over_bands(
    parts: Sequence[Sequence[Band]], memory: Callable[[], Any], work: Callable[[Band, Any], None], *, apart: bool = True
) -> None:
    """Calls work(band, memory) for all bands; each thread has a memory of its own, that its next band uses again.

    Options:  memory: makes one.  apart: bands of one part write to no place in common: each may go to another thread.
    """
    dealt: list[Sequence[Band]] = [[band] for part in parts for band in part] if apart else list(parts)

    def share(bands: Sequence[Band], own: Any) -> None:
        for band in bands:
            work(band, own)

    in_threads_with([partial(share, bands) for bands in dealt], memory)


def summed(sums: Array) -> Array:
    """The sums of all parts, added up in their order, in the memory of the first.  Shapes:  sums: (parts, ...)"""
    first: Array = sums[0]
    for other in sums[1:]:
        first += other
    return first


def met_rows(window: Window, band: Band, height: int) -> tuple[slice, slice, int]:
    """What a band meets of its images: their rows, where these stand in its slab, and how many rows that has."""
    (stride, _), (top, _) = window.strides, window.pads[0]
    first = band.rows.start * stride - top
    count = (band.rows.stop - band.rows.start - 1) * stride + window.dilations[0] * (window.kernel[0] - 1) + 1
    low, high = max(0, first), min(height, first + count)
    if low >= high:  # all of it is padding
        return slice(0, 0), slice(0, 0), count
    return slice(low, high), slice(low - first, high - first), count


def slab_of(x: Array, window: Window, band: Band, memory: Array | None) -> Array:
    """What a band meets of its images, padding included; a view of x where there is none.

    Shapes:  x: (batch, height, width, channels); memory: room for the largest slab, in a row; None where no padding is
             result: (samples, rows, wide, channels)
    """
    source, target, count = met_rows(window, band, x.shape[1])
    own = x[band.samples, source]
    if memory is None:
        return own
    left, right = window.pads[1]
    width, channels = x.shape[2:]
    shape = (len(own), count, left + width + right, channels)
    slab = memory[: prod(shape)].reshape(shape)
    slab[:, : target.start] = 0
    slab[:, target.stop :] = 0
    slab[:, :, :left] = 0
    slab[:, :, left + width :] = 0
    slab[:, target, left : left + width] = own
    return slab


def slab_size(x_shape: Shape, window: Window, parts: Sequence[Sequence[Band]]) -> int:
    """How many numbers the largest slab has; 0 where there is no padding, and no slab."""
    if not any(map(any, window.pads)):
        return 0
    samples, rows = largest(parts)
    count = (rows - 1) * window.strides[0] + window.dilations[0] * (window.kernel[0] - 1) + 1
    return samples * count * (x_shape[2] + sum(window.pads[1])) * x_shape[3]
