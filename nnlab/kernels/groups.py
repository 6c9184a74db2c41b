"""Work on large arrays, cut into groups that stay in the processor's second-level cache and dealt to threads.

NumPy does an elementwise operation on one thread, and each operation of a layer sends the whole array through memory.
A group goes through all operations of the layer while it is in the cache, and groups go to several threads. Where the
cuts are depends on sizes alone, so results are the same to the bit on any number of threads. What is small is one
group, done at once: nothing is cut, no thread is woken.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

from nnlab.kernels.bands import PARTS
from nnlab.kernels.threads import in_threads, in_threads_with

GROUP_BYTES = 1 << 18
"""Of a group's largest array: with a second like it and a temporary it fits a cache of 1 MiB, nearly one of half."""

SMALL_BYTES = 1 << 20
"""An array of less is one group: it is in the cache as it is, and waking a thread takes as long as working on it."""

Groups = tuple[tuple[slice, ...], ...]
"""In parts, each of which one thread does in order."""

ImageGroup = tuple[slice, slice]
"""Some samples, and some rows of each: all of them unless a sample alone is larger than a group."""


@lru_cache(maxsize=4096)
def groups_of(count: int, item_bytes: int, unit: int = 1) -> Groups:
    """Groups of items, of nearly the same size.

    Options:  unit: groups begin at multiples of it.
    """
    units = -(-count // unit)
    pieces = 1 if count * item_bytes < SMALL_BYTES else max(1, min(units, -(-count * item_bytes // GROUP_BYTES)))
    cuts = [min(count, units * i // pieces * unit) for i in range(pieces + 1)]
    groups = [slice(start, stop) for start, stop in pairwise(cuts)]
    return tuple(part for part in _dealt(groups) if part)


@lru_cache(maxsize=1024)
def image_groups(samples: int, rows: int, row_bytes: int) -> tuple[tuple[ImageGroup, ...], ...]:
    """Groups of whole samples where several fit, else of a sample's rows."""
    fits = GROUP_BYTES // max(1, rows * row_bytes)
    if fits or samples * rows * row_bytes < SMALL_BYTES:
        every = slice(0, rows)
        return tuple(tuple((group, every) for group in part) for part in groups_of(samples, rows * row_bytes))
    pieces = min(rows, -(-rows * row_bytes // GROUP_BYTES))
    cuts = [rows * i // pieces for i in range(pieces + 1)]
    bands = [
        (slice(sample, sample + 1), slice(start, stop)) for sample in range(samples) for start, stop in pairwise(cuts)
    ]
    return tuple(part for part in _dealt(bands) if part)


def over_groups(work: Callable[[slice], object], count: int, item_bytes: int, unit: int = 1) -> None:
    """Calls work(group) for all groups of `count` items, over threads.

    Options:  item_bytes: of an item in the largest array that the work is on.
    """
    _over(groups_of(count, item_bytes, unit), work)


def over_images(
    work: Callable[..., object],
    samples: int,
    rows: int,
    row_bytes: int,
    memory: Callable[[int, int], Any] | None = None,
) -> None:
    """Calls work(samples, rows), or work(samples, rows, memory), for all groups, over threads.

    Options:  memory: called as memory(most samples, most rows): what one thread works in, and its next group again.
    """
    parts = image_groups(samples, rows, row_bytes)
    if memory is None:
        _over(parts, lambda band: work(*band))
        return
    every = [band for part in parts for band in part]
    most = [max(cut.stop - cut.start for cut in cuts) for cuts in zip(*every, strict=True)]

    def run(bands: tuple[ImageGroup, ...], own: Any) -> None:
        for band in bands:
            work(*band, own)

    if len(parts) == 1:
        run(parts[0], memory(*most))
    else:
        in_threads_with([partial(run, part) for part in parts], partial(memory, *most))


def _over(parts: tuple[tuple[Any, ...], ...], work: Callable[[Any], object]) -> None:
    def run(groups: tuple[Any, ...]) -> None:
        for group in groups:
            work(group)

    if len(parts) == 1:
        run(parts[0])
    else:
        in_threads([partial(run, part) for part in parts])


def _dealt(groups: list[Any]) -> list[tuple[Any, ...]]:
    """Into PARTS lists of neighbours, of nearly the same length."""
    count = min(PARTS, len(groups))
    return [tuple(groups[len(groups) * i // count : len(groups) * (i + 1) // count]) for i in range(count)]
