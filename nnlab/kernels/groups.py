"""Work on large arrays, cut into groups that stay in the processor's second-level cache and dealt to threads.

NumPy does an elementwise operation on one thread, and each operation of a layer sends the whole array through memory.
A group goes through all operations of the layer while it is in the cache, and groups go to several threads. Where the
cuts are depends on sizes alone, so results are the same to the bit on any number of threads. What is small is one
group, done at once: nothing is cut, no thread is woken.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from nnlab.core.types import Array, Empty
from nnlab.kernels.bands import PARTS
from nnlab.kernels.pieces import kept_cuts, piece_bytes
from nnlab.kernels.threads import in_threads_with

GROUP_BYTES = 1 << 19
"""Of a group's largest array: with a second like it and a temporary it fits a cache of 2 MiB. With half of it the calls
themselves, 1 to 2 microseconds each, were a third of the time of pooling and of BatchNorm."""

SMALL_BYTES = 1 << 20
"""An array of less is one group: it is in the cache as it is, and waking a thread takes as long as working on it."""

Groups = tuple[tuple[slice, ...], ...]
"""In parts, each of which one thread does in order."""

ImageGroup = tuple[slice, slice]
"""Some samples, and some rows of each: all of them unless a sample alone is larger than a group."""


@kept_cuts(maxsize=4096)
def groups_of(count: int, item_bytes: int) -> Groups:
    """Groups of items, of nearly the same size."""
    size = count * item_bytes
    pieces = 1 if size < piece_bytes(SMALL_BYTES) else min(count, -(-size // piece_bytes(GROUP_BYTES)))
    cuts = [count * i // pieces for i in range(pieces + 1)]
    groups = [slice(start, stop) for start, stop in pairwise(cuts)]
    return tuple(part for part in _dealt(groups) if part)


@kept_cuts(maxsize=1024)
def image_groups(samples: int, rows: int, row_bytes: int) -> tuple[tuple[ImageGroup, ...], ...]:
    """Groups of whole samples where several fit, else of a sample's rows."""
    group_bytes = piece_bytes(GROUP_BYTES)
    fits = group_bytes // max(1, rows * row_bytes)
    if fits or samples * rows * row_bytes < piece_bytes(SMALL_BYTES):
        every = slice(0, rows)
        return tuple(tuple((group, every) for group in part) for part in groups_of(samples, rows * row_bytes))
    pieces = min(rows, -(-rows * row_bytes // group_bytes))
    cuts = [rows * i // pieces for i in range(pieces + 1)]
    bands = [
        (slice(sample, sample + 1), slice(start, stop)) for sample in range(samples) for start, stop in pairwise(cuts)
    ]
    return tuple(part for part in _dealt(bands) if part)


def over_groups(
    work: Callable[..., object],
    count: int,
    item_bytes: int,
    memory: Callable[[int], Any] | None = None,
) -> None:
    """Calls work(group), or work(group, memory), for all groups of `count` items, over threads.

    Options:  item_bytes: of an item in the largest array that the work is on.
              memory: called as memory(most items): what one thread works in, and its next group again.
    """
    parts = groups_of(count, item_bytes)
    _over([[(group,) for group in part] for part in parts], work, memory)


def over_images(
    work: Callable[..., object],
    samples: int,
    rows: int,
    row_bytes: int,
    memory: Callable[[int, int], Any] | None = None,
) -> None:
    """The same with groups of images: calls work(samples, rows), or work(samples, rows, memory).

    Options:  memory: called as memory(most samples, most rows).
    """
    _over(image_groups(samples, rows, row_bytes), work, memory)


def over_elements(
    work: Callable[..., object], *arrays: Array, spare: Sequence[Any] = (), empty: Empty = np.empty
) -> None:
    """Calls work(*parts) for arrays of one shape, cut alike: an operation on each element by itself.

    Options:  spare: dtypes of memory that a part is worked on in, handed to `work` after the arrays.
              empty: lends it.
    """
    first = arrays[0]
    if first.nbytes < piece_bytes(SMALL_BYTES):
        work(*arrays, *(empty(first.shape, kind) for kind in spare))
        return
    if all(array.flags.c_contiguous for array in arrays):
        arrays = tuple(array.reshape(-1) for array in arrays)
    shape = arrays[0].shape[1:]

    def run(group: slice, own: list[Array]) -> None:
        count = group.stop - group.start
        work(*(array[group] for array in arrays), *(memory[:count] for memory in own))

    def memory(count: int) -> list[Array]:
        return [empty((count, *shape), kind) for kind in spare]

    over_groups(run, len(arrays[0]), first.nbytes // len(arrays[0]), memory=memory)


def _over(parts: Sequence[Sequence[tuple[slice, ...]]], work: Callable[..., object], memory: Any) -> None:
    """Options:  memory: called with the most items of a group along each of its cuts; None for none."""
    if not parts:
        return
    if memory is None:
        make: Callable[[], tuple[Any, ...]] = tuple
    else:
        every = [group for part in parts for group in part]
        most = [max(cut.stop - cut.start for cut in cuts) for cuts in zip(*every, strict=True)]

        def make() -> tuple[Any, ...]:
            return (memory(*most),)

    def run(groups: Sequence[tuple[slice, ...]], own: tuple[Any, ...]) -> None:
        for group in groups:
            work(*group, *own)

    if len(parts) == 1:
        run(parts[0], make())
    else:
        in_threads_with([partial(run, part) for part in parts], make)


def _dealt(groups: list[Any]) -> list[tuple[Any, ...]]:
    """Into PARTS lists of neighbours, of nearly the same length."""
    count = min(PARTS, len(groups))
    return [tuple(groups[len(groups) * i // count : len(groups) * (i + 1) // count]) for i in range(count)]
