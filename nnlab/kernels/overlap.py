"""Boxes, and which of them overlap: intersection / union above a bound.

Along an axis two boxes share at most what intersection / union is, of the length that both cover. So a box reaches, for
this, from its lower corner to `high - most (high - low)`: whatever begins beyond that cannot overlap it enough. Only
pairs are measured of which each begins within the other's reach; of very few boxes, all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.types import Array

SLACK = 1e-4
"""By how much of its size a box reaches further, more than rounding makes of it."""

GRID, MEASURED = 1 << 16, 1 << 12
"""So many pairs of small groups are looked at without a sweep, and so many measured without a look."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes, of which each figure is computed when it is first asked for, so that some of many cost little.

    Options:  sides: of each box two opposite corners in any order; if `centered`, its centre and its size.
              most: of intersection / union, that two boxes may have.
    Shapes:   sides: (boxes, 2 axes); low, high, reach: (axes, boxes); area: (boxes,)
    """

    sides: Array
    most: Any
    centered: bool = False

    def at(self, places: Array) -> "Boxes":
        """Those at these places, in this order."""
        return Boxes(self.sides[places], self.most, self.centered)

    @cached_property
    def _corners(self) -> tuple[Array, Array]:
        """The lower and the upper ones."""
        rows = np.ascontiguousarray(self.sides.T)
        first, second = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        if self.centered:
            return first - second / 2, first + second / 2
        return np.minimum(first, second), np.maximum(first, second)

    @cached_property
    def low(self) -> Array:
        """The lower corners."""
        return self._corners[0]

    @cached_property
    def high(self) -> Array:
        """The upper corners."""
        return self._corners[1]

    @cached_property
    def reach(self) -> Array:
        """Beyond it nothing begins that overlaps a box too much."""
        share = self.low.dtype.type(max(0.0, float(self.most) - SLACK))
        reach: Array = self.high - (self.high - self.low) * share
        return reach

    @cached_property
    def area(self) -> Array:
        """Of each."""
        area: Array = np.multiply.reduce(self.high - self.low)
        return area

    def overlap(self, here: Array, there: Array) -> Array:
        """Whether the boxes at these places overlap those at the others, one by one."""
        along = np.minimum(self.high.take(here, 1), self.high.take(there, 1))
        along -= np.maximum(self.low.take(here, 1), self.low.take(there, 1))
        shared = np.multiply.reduce(np.maximum(along, 0, out=along))
        union = self.area.take(here) + self.area.take(there)
        union -= shared
        much: Array = np.divide(shared, union, out=union) > self.most
        return much

    def pairs(self, places: Array, sizes: Array) -> tuple[Array, Array]:
        """Pairs of one group that overlap, by where they stand in `places`: firsts, and seconds after them.

        Shapes:  places: (n,), group after group; sizes: (groups,)
        """
        sizes = sizes[sizes.nonzero()]
        most = int(sizes.max(initial=0))
        if len(sizes) * most * most <= GRID:
            return self._pairs_of_few(places, sizes, most)
        count = len(places)
        order, after = self._sweep(places, np.repeat(np.arange(len(sizes)), sizes))
        first = np.repeat(np.arange(count), after)
        second = np.arange(1, len(first) + 1) - np.repeat(np.cumsum(after) - after - np.arange(count), after)
        found = [self._touching(order, places, first[part], second[part]) for part in _parts(len(first))]
        here, there = np.concatenate(found, axis=1) if found else np.zeros((2, 0), np.int64)
        return np.minimum(here, there), np.maximum(here, there)

    def _pairs_of_few(self, places: Array, sizes: Array, most: int) -> tuple[Array, Array]:
        """The same where groups are small: a group in a row, filled up with -1, and each of it with each."""
        filled = np.arange(most) < sizes[:, None]
        grid = np.full(filled.shape, -1)
        grid[filled] = np.arange(len(places))
        inside, measured = places[grid], grid.size * most <= MEASURED
        near = (self.overlap if measured else self._near)(inside[:, :, None], inside[:, None, :])
        row, column = np.divmod(near.ravel().nonzero()[0], most)
        first, second = grid.ravel()[row], grid[row // most, column]
        right = ((first >= 0) & (first < second)).nonzero()[0]
        first, second = first[right], second[right]
        if not measured:
            much = self.overlap(places[first], places[second])
            first, second = first[much], second[much]
        return first, second

    def _near(self, here: Array, there: Array) -> Array:
        """Whether each box begins within the other's reach.  Shapes:  (groups, most, 1), (groups, 1, most)"""
        begins: Array = np.logical_and.reduce(self.low.take(here, 1) <= self.reach.take(there, 1))
        near: Array = begins & begins.swapaxes(1, 2)
        return near

    def _sweep(self, places: Array, groups: Array) -> tuple[Array, Array]:
        """An order along the first axis in each group, and how many after each begin within its reach."""
        count, begins = len(places), self.low[0][places]
        by_begin = np.argsort(begins)
        keys, sorted_begins = np.empty(count, np.int64), begins[by_begin]
        keys[by_begin] = np.arange(count)  # a number instead of a coordinate, so that groups come one after the other
        keys += groups * count
        order = np.argsort(keys)
        reached = np.searchsorted(sorted_begins, self.reach[0][places], "right") + groups * count
        ends = np.searchsorted(keys[order], reached[order])
        return order, np.maximum(ends - np.arange(1, count + 1), 0)

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
