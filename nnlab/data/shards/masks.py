"""Masks that lie on disk beside their pictures, read when they are asked for."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from nnlab.core.truth import Mask
from nnlab.core.truths import Places, index_of
from nnlab.core.types import Array
from nnlab.data.shards.row_files import RowFiles

AT_ONCE = 256
"""How many are read at a time, where all are gone through."""


class Masks(Sequence[Mask]):
    """Many masks, or some of them.

    Options:  places: those that are meant, in their order; None: all.
    Shapes:   stored: (all, height, width) uint8
    """

    def __init__(self, stored: RowFiles, places: Array | None = None):
        self._stored = stored
        self._places = np.arange(len(stored)) if places is None else places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Mask]:
        for first in range(0, len(self), AT_ONCE):
            yield from map(Mask, self._stored[self._places[first : first + AT_ONCE]])

    @overload
    def __getitem__(self, place: int) -> Mask: ...
    @overload
    def __getitem__(self, place: slice) -> "Masks": ...
    def __getitem__(self, place: int | slice) -> "Mask | Masks":
        return self.take(place) if isinstance(place, slice) else Mask(self._stored[int(self._places[place])])

    def take(self, places: Places) -> "Masks":
        """Those at these places, in their order; none is read."""
        return Masks(self._stored, self._places[index_of(places)])

    def held(self) -> tuple[Mask, ...]:
        """All of them, in memory."""
        return tuple(self)
