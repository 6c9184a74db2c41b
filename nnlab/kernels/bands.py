"""A convolution cut into bands of output rows, and what of the input each of them looks at, laid out for products.

A slab is what a band looks at of one sample's channels, padding included:  slab[c, i, ..] = x[n, c, first + i, ..].
The columns of a band are what each kernel element meets of it:  cols[(c, k), o] = slab[c, o strides + k dilations].
Both stand in memory that the next band uses again, small enough to stay in the processor's cache.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from math import prod
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.meetings import mostly_padding
from nnlab.kernels.threads import in_threads, one_blas_thread
from nnlab.kernels.window import Window

BAND_BYTES = 1 << 19
"""Of one band's columns: they are written and read once each, from the second-level cache."""

PARTS = 8
"""Into so many lists the bands are dealt, whatever the number of threads: sums come out the same to the last bit."""

PIECE = 1 << 21
"""Multiplications worth a thread of their own: 0.1 ms or so; to wake a thread takes a tenth of that or more."""


@dataclass(frozen=True, slots=True)
class Band:
    """Some rows of one sample's output in one group.

    Options:  rows: how many, along the first spatial axis.  span: the same as flat output positions.
              source: the rows of x that it looks at.  target: where in its slab these stand; zeros around them.
              height: rows of its slab.  part: which of the PARTS; those of one part come in order, on one thread.
    """

    sample: int
    group: int
    rows: int
    span: slice
    source: slice
    target: slice
    height: int
    part: int


@dataclass(frozen=True)
class Job:
    """A convolution's sizes, all that its bands depend on.

    Options:  channels, maps: of one group.  itemsize: bytes of an element.
              asked: the size of the output where it is less than what fits; () for all of it.
              products_first: bands are as large as fits slabs and products instead of columns.
    """

    window: Window
    samples: int
    channels: int
    maps: int
    size: Shape
    itemsize: int
    products_first: bool = False
    asked: Shape = ()


@dataclass(frozen=True)
class Bands:
    """The bands of a job, in PARTS lists, and the memory that each needs.

    Options:  whole: a kernel of one element that moves by one: the columns are x itself.  small: not worth a thread.
              wide: the padded size of the axes after the first.  place: where x stands in them.
              mostly_padding: there is a faster way (kernels/meetings.py).
    """

    job: Job
    out_size: Shape
    parts: tuple[tuple[Band, ...], ...]
    whole: bool
    small: bool
    wide: Shape
    place: tuple[slice, ...]
    most_rows: int
    most_height: int
    mostly_padding: bool

    def over(self, x: Array, work: Callable[[Band, Any], None], made: Callable[..., Any], threads: int = 0) -> None:
        """Calls work(band, made(x, band, memory)) for all bands, over threads; memory: of `workspace`, used again.

        Which bands share a part does not depend on the number of threads.
        """
        spare: list[Any] = []

        def run(bands: Sequence[Band]) -> None:
            memory = spare.pop() if spare else self.workspace(x.dtype)
            for band in bands:
                work(band, made(x, band, memory))
            spare.append(memory)

        if self.small:
            with one_blas_thread():
                for bands in self.parts:
                    run(bands)
        else:
            in_threads([partial(run, bands) for bands in self.parts], threads)

    def workspace(self, dtype: Any) -> tuple[Array, Array] | None:
        """Memory for a slab, zeros, and for columns."""
        if self.whole:
            return None
        places = (
            0 if self.job.products_first else prod(self.job.window.kernel) * self.most_rows * prod(self.out_size[1:])
        )
        slab = np.zeros((self.job.channels, self.most_height, *self.wide), dtype)
        return slab, np.empty(self.job.channels * places, dtype)

    def slab(self, x: Array, band: Band, memory: tuple[Array, Array]) -> Array:
        """What a band looks at, in memory as high as the highest needs. Padding at the sides is never written."""
        slab, channels = memory[0], self.job.channels
        if band.target.start:
            slab[:, : band.target.start] = 0
        if band.target.stop < band.height:
            slab[:, band.target.stop : band.height] = 0
        own = x[band.sample, band.group * channels : (band.group + 1) * channels, band.source]
        slab[(slice(None), band.target, *self.place)] = own
        return slab

    def columns(self, x: Array, band: Band, memory: tuple[Array, Array] | None) -> Array:
        """Shapes:  result: (channels * kernel, places of the band)"""
        job = self.job
        if memory is None:
            own = x[band.sample, band.group * job.channels : (band.group + 1) * job.channels]
            view: Array = own.reshape(job.channels, -1)[:, band.span]
            return view
        slab, kernel = self.slab(x, band, memory), job.window.kernel
        steps = slab.strides[1:]
        met = np.ndarray(  # overlapping: every element of the kernel sees its part of the slab
            (job.channels, *kernel, band.rows, *self.out_size[1:]),
            slab.dtype,
            slab,
            0,
            (
                slab.strides[0],
                *(d * step for d, step in zip(job.window.dilations, steps, strict=True)),
                *(s * step for s, step in zip(job.window.strides, steps, strict=True)),
            ),
        )
        columns: Array = memory[1][: met.size].reshape(met.shape)
        columns[...] = met
        return columns.reshape(job.channels * prod(kernel), -1)


@lru_cache(maxsize=2048)
def bands_of(job: Job) -> Bands:
    """The bands of a job. Raises ShapeError: if the kernel does not fit."""
    window = job.window
    out_size = job.asked or window.out_size(job.size)
    whole = all(n == 1 for n in (*window.kernel, *window.strides)) and not any(sum(p) for p in window.pads)
    per_row, height, taps = prod(out_size[1:]), out_size[0], prod(window.kernel)
    wide = tuple(n + sum(pads) for n, pads in zip(job.size[1:], window.pads[1:], strict=True))
    if job.products_first:
        row_bytes = (job.channels + taps // window.kernel[0] * job.maps) * prod(wide) * job.itemsize // 2
    else:
        row_bytes = job.channels * taps * per_row * job.itemsize
    fit = max(1, height) if whole else max(1, BAND_BYTES // max(1, row_bytes))
    products = job.channels * taps * job.maps * per_row * height
    small = products * job.samples * window.groups < 2 * PIECE
    pieces = 1 if small else min(height, -(-PARTS // (job.samples * window.groups)), products // PIECE + 1)
    count = max(-(-height // fit), pieces, 1)
    starts = [height * i // count for i in range(count + 1)]
    every = [
        (sample, group, starts[i], starts[i + 1])
        for sample in range(job.samples)
        for group in range(window.groups)
        for i in range(count)
        if starts[i] < starts[i + 1]
    ]
    bands = [_band(job, place * PARTS // len(every), per_row, one) for place, one in enumerate(every)]
    parts = tuple(tuple(band for band in bands if band.part == part) for part in range(PARTS))
    return Bands(
        job,
        out_size,
        tuple(part for part in parts if part),
        whole,
        small,
        wide,
        tuple(slice(before, before + n) for n, (before, _) in zip(job.size[1:], window.pads[1:], strict=True)),
        max((band.rows for band in bands), default=0),
        max((band.height for band in bands), default=0),
        mostly_padding(window, job.size, out_size),
    )


def _band(job: Job, part: int, per_row: int, where: tuple[int, int, int, int]) -> Band:
    sample, group, start, stop = where
    window = job.window
    reach = window.dilations[0] * (window.kernel[0] - 1) + 1
    first = start * window.strides[0] - window.pads[0][0]
    height = (stop - start - 1) * window.strides[0] + reach
    source = slice(min(max(first, 0), job.size[0]), min(max(first + height, 0), job.size[0]))
    lead = min(max(-first, 0), height)
    target = slice(lead, lead + source.stop - source.start)
    return Band(sample, group, stop - start, slice(start * per_row, stop * per_row), source, target, height, part)
