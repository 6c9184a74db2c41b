"""Boxes, and which of them overlap: intersection / union above a bound.

Along an axis two boxes share at most what intersection / union is, of the length that both cover. So a box reaches, for
this, from its lower corner to `high - most (high - low)`: whatever begins beyond that cannot overlap it enough. Only
pairs are measured of which each begins within the other's reach.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.types import Array

SLACK = 1e-4
"""By how much of its size a box reaches further, more than rounding makes of it."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes by their corners.

    Options:  most: of intersection / union, that two boxes may have.
    Shapes:   low, high, reach: (axes, boxes)
    """

    low: Array
    high: Array
    reach: Array
    most: Any

    @classmethod
    def of(cls, low: Array, high: Array, most: Any) -> "Boxes":
        """Shapes:  low, high: (boxes, axes)"""
        share = (np.asarray(most, low.dtype) - np.asarray(SLACK, low.dtype)).clip(0)
        low, high, reach = (np.ascontiguousarray(side.T) for side in (low, high, high - (high - low) * share))
        return cls(low, high, reach, most)

    @cached_property
    def area(self) -> Array:
        """Of each."""
        area: Array = (self.high - self.low).prod(axis=0)
        return area

    def overlap(self, here: Array, there: Array) -> Array:
        """Whether the boxes at these places overlap those at the others, one by one."""
        shared: Any = 1
        for low, high in zip(self.low, self.high, strict=True):
            along = np.minimum(high[here], high[there])
            along -= np.maximum(low[here], low[there])
            shared = np.maximum(along, 0, out=along) * shared
        much: Array = shared / (self.area[here] + self.area[there] - shared) > self.most
        return much

    def pairs(self, places: Array, groups: Array) -> tuple[Array, Array]:
        """Pairs of one group that overlap, by where they stand in `places`: rising firsts, and seconds after them.

        A sweep along the first axis: to each box come those that begin after it and within its reach.

        Shapes:  places, groups: (n,)
        """
        count, begins = len(places), self.low[0][places]
        by_begin = np.argsort(begins)
        keys, sorted_begins = np.empty(count, np.int64), begins[by_begin]
        keys[by_begin] = np.arange(count)  # a number instead of a coordinate, so that groups come one after the other
        keys += groups * count
        order = np.argsort(keys)
        reached = np.searchsorted(sorted_begins, self.reach[0][places], "right") + groups * count
        ends = np.searchsorted(keys[order], reached[order])
        after = np.maximum(ends - np.arange(1, len(order) + 1), 0)
        first = np.repeat(np.arange(len(order)), after)
        second = np.arange(len(first)) - np.repeat(np.cumsum(after) - after - np.arange(1, len(order) + 1), after)
        found = [self._touching(order, places, first[part], second[part]) for part in _parts(len(first))]
        pairs = np.concatenate(found, axis=1) if found else np.zeros((2, 0), np.int64)
        pairs.sort(axis=0)
        by_first = np.argsort(pairs[0], kind="stable")
        return pairs[0][by_first], pairs[1][by_first]

    def _touching(self, order: Array, places: Array, first: Array, second: Array) -> Array:
        """Those of the pairs that overlap.  Shapes:  result: (2, pairs)"""
        here, there = order[first], order[second]
        a, b = places[here], places[there]
        for low, reach in zip(self.low[1:], self.reach[1:], strict=True):
            touch = ((low[a] <= reach[b]) & (low[b] <= reach[a])).nonzero()[0]
            here, there, a, b = here[touch], there[touch], a[touch], b[touch]
        much = self.overlap(a, b)
        return np.stack([here[much], there[much]])


def _parts(count: int, size: int = 1 << 14) -> Iterator[slice]:
    """So many things, some at a time, that their temporaries stay in the cache."""
    return (slice(start, start + size) for start in range(0, count, size))
