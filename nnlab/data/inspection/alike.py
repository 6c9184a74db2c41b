"""Which pictures are the same, to the byte or to the eye."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.data.inspection.ties import Ties
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
    same = np.array([first.setdefault(digest, place) for place, digest in enumerate(digests)], np.intp)
    own = np.array([place for place in first.values() if comparable[place]], np.intp)
    ties = near_ties(hashes[own], thumbs[own], most, chains=chains)
    roots = np.arange(len(digests))
    roots[own] = own[ties.roots if chains else _direct(ties)]
    members: dict[int, list[int]] = {}
    for place, root in enumerate(roots[same].tolist()):
        members.setdefault(root, []).append(place)
    found = (places for places in members.values() if len(places) > 1)
    return tuple(Group(tuple(places), len({digests[place] for place in places}) == 1) for places in found)


def near_ties(hashes: Array, thumbs: Array, most: float = DIFFERENCE, *, chains: bool = True) -> Ties:
    """What the pairs that look alike tie together: every hash is held against every other, of 60,000 in some seconds.

    Options:  chains: whether it only matters who is tied to whom: pairs of what is tied already are then passed over,
                  uncounted.
    Shapes:   hashes: (n,);  thumbs: (n, 16, 16, 3);  result: of n places
    """
    count = len(hashes)
    rows = max(1, AT_ONCE // max(count, 1))
    blocks = range(0, count, rows)
    ties = Ties(count)
    fine = _standard(thumbs)
    coarse = fine.reshape(count, POOLED, SIDE // POOLED, POOLED, SIDE // POOLED, 3).mean(axis=(2, 4))
    forms = [form.reshape(count, form[:1].size) for form in (coarse, fine)]

    def work(block: int) -> None:
        first = blocks[block]
        apart = np.bitwise_count(hashes[first : first + rows, None] ^ hashes[None, first:])
        left, right = np.nonzero(apart <= BITS)
        later = left < right
        for pairs in _parts(np.stack([left[later], right[later]], axis=1) + first):
            alike = ties.untied(pairs) if chains else pairs
            for form in forms:  # means over squares are never farther apart than what they are means of
                alike = _confirmed(alike, form, most)
            ties.add(alike)

    for_each(len(blocks), work)
    return ties


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


def _direct(ties: Ties) -> Array:
    """The roots, but of groups whose samples are mostly not alike themselves: there each stands alone.

    Shapes:  result: (places,)
    """
    places = np.arange(len(ties.roots))
    sizes = np.bincount(ties.roots, minlength=len(places))
    tied = np.bincount(ties.roots, weights=ties.pairs, minlength=len(places))
    whole = tied >= DIRECT * sizes * (sizes - 1) / 2
    roots: Array = np.where(whole[ties.roots], ties.roots, places)
    return roots
