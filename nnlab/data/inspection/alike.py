"""Which pictures are the same, to the byte or to the eye."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.data.pool import for_each

BITS = 8
"""In how many of 64 bits the perceptual hashes of two pictures may differ that are then compared. 4 are commonly taken
for the same picture; but saving a small one anew may turn 6, and whether two are the same the comparison says."""

DIFFERENCE = 0.08
"""By how much two pictures that look alike differ at most, brightness and contrast made equal (see `_standard`).

Photos that are lighter, at half the size or saved anew as JPEGs of quality 75 differ by up to 0.03, pictures of 32 x 32
pixels saved so by up to 0.085; of 6,000 handwritten digits the two most alike by 0.08.
"""

MOVED = 0.25
"""The same for what two pictures show, cut out and stretched, which a pixel's shift at its edges changes more. Of 1,200
handwritten digits the two that are most alike differ by 0.3."""

FLAT = 4.0
"""Below which contrast a picture's hash is of its noise: such pictures are only compared to the byte."""

AT_ONCE = 1 << 22
"""Pairs of hashes that are held against each other at once."""

SIDE, POOLED = 16, 4
"""Of the small pictures that are compared, and of what is compared first."""

COMPARED = 1 << 14
"""Pairs of pictures that are compared at once."""

DIRECT = 0.5
"""The share of a group's pairs that are alike themselves, at least, where it is one thing and no chain."""


@dataclass(frozen=True)
class Group:
    """Samples of one picture.  Options:  places: in their order.  exact: whether their files are equal to the byte."""

    places: tuple[int, ...]
    exact: bool


def groups_alike(
    digests: Sequence[bytes],
    hashes: Array,
    thumbs: Array,
    comparable: Array,
    most: float = DIFFERENCE,
    *,
    chains: bool = True,
) -> tuple[Group, ...]:
    """The groups of samples that are one picture, in the order of their first ones.

    Files that are equal to the byte are; so are two whose hashes differ in at most BITS bits and whose small pictures
    differ by at most `most`; and whatever is tied to each other by several such pairs.

    Options:  chains: whether that goes on from one to the next; else a group whose samples are mostly not alike
                  themselves is none.
    Shapes:   hashes: (samples,) uint64;  thumbs: (samples, 16, 16, 3);  comparable: (samples,): whether a hash counts
    """
    first: dict[bytes, int] = {}
    same = [first.setdefault(digest, place) for place, digest in enumerate(digests)]
    own = np.array([place for place in first.values() if comparable[place]], np.intp)
    near = own[near_pairs(hashes[own], thumbs[own], most)].tolist()
    if not chains:
        near = list(_direct(len(digests), near))
    members: dict[int, list[int]] = {}
    for place, root in enumerate(_joined(len(digests), [*enumerate(same), *near])):
        members.setdefault(root, []).append(place)
    found = (places for places in members.values() if len(places) > 1)
    return tuple(Group(tuple(places), len({digests[place] for place in places}) == 1) for places in found)


def near_pairs(hashes: Array, thumbs: Array, most: float = DIFFERENCE) -> Array:
    """The pairs that look alike: every hash is held against every other, of 60,000 in some seconds.

    Shapes:  hashes: (n,);  thumbs: (n, 16, 16, 3);  result: (pairs, 2), the lower place first
    """
    count = len(hashes)
    rows = max(1, AT_ONCE // max(count, 1))
    blocks = range(0, count, rows)
    found: list[Array] = [np.empty((0, 2), np.intp)] * len(blocks)
    fine = _standard(thumbs)
    coarse = fine.reshape(count, POOLED, SIDE // POOLED, POOLED, SIDE // POOLED, 3).mean(axis=(2, 4))
    forms = [form.reshape(count, form[:1].size) for form in (coarse, fine)]

    def work(block: int) -> None:
        first = blocks[block]
        apart = np.bitwise_count(hashes[first : first + rows, None] ^ hashes[None, first:])
        left, right = np.nonzero(apart <= BITS)
        later = left < right
        pairs = np.stack([left[later], right[later]], axis=1) + first
        for form in forms:  # means over squares are never farther apart than what they are means of
            pairs = np.concatenate([pairs[:0], *(_confirmed(part, form, most) for part in _parts(pairs))])
        found[block] = pairs

    for_each(len(blocks), work)
    return np.concatenate([np.empty((0, 2), np.intp), *found])


def _parts(pairs: Array) -> Iterator[Array]:
    for first in range(0, len(pairs), COMPARED):
        yield pairs[first : first + COMPARED]


def _standard(colours: Array) -> Array:
    """Each picture with mean 0 and deviation 1 over all its values: a lighter copy is the same, a redder one is not.

    Shapes:  colours and result: (n, height, width, channels)
    """
    x: Array = colours.astype(np.float32)
    x -= x.mean(axis=(1, 2, 3), keepdims=True)
    spread = x.std(axis=(1, 2, 3), keepdims=True)
    x /= np.where(spread > 0, spread, 1)
    return x


def _confirmed(pairs: Array, values: Array, most: float) -> Array:
    """Those pairs whose pictures differ little, by the root of the mean square: hashes of 64 bits are alike by chance
    too, those of digits say."""
    left, right = pairs.T
    near: Array = pairs[np.square(values[left] - values[right]).mean(axis=1) <= most * most]
    return near


def _direct(count: int, pairs: Sequence[Sequence[int]]) -> Iterator[Sequence[int]]:
    """The pairs of groups whose samples are mostly alike themselves."""
    roots = _joined(count, pairs)
    sizes, tied = Counter(roots), Counter(roots[one] for one, _ in pairs)
    for pair in pairs:
        size = sizes[root := roots[pair[0]]]
        if tied[root] >= DIRECT * size * (size - 1) / 2:
            yield pair


def _joined(count: int, pairs: Iterable[Sequence[int]]) -> list[int]:
    """Of each place the lowest that pairs tie it to."""
    above = list(range(count))

    def root(place: int) -> int:
        while above[place] != place:
            above[place] = place = above[above[place]]
        return place

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        above[high] = low
    return [root(place) for place in range(count)]
