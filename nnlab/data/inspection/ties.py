"""Which samples pairs tie to each other, without keeping the pairs: of many that are alike there are millions."""

import threading

import numpy as np

from nnlab.core.types import Array


class Ties:
    """What pairs come to, block by block and from several threads: two numbers for each place.

    Shapes:  roots: (places,): the lowest place that each is tied to, by one pair or by several.
             pairs: (places,): in how many pairs each is the lower place
    """

    def __init__(self, count: int):
        self.roots: Array = np.arange(count)
        self.pairs: Array = np.zeros(count, np.int64)
        self._lock = threading.Lock()

    def untied(self, pairs: Array) -> Array:
        """Those pairs whose places nothing ties yet.  Shapes:  pairs: (n, 2)"""
        left, right = self.roots[pairs].T
        found: Array = pairs[left != right]
        return found

    def add(self, pairs: Array) -> None:
        """Takes pairs in, the lower place of each first.  Shapes:  pairs: (n, 2)"""
        with self._lock:
            self.pairs += np.bincount(pairs[:, 0], minlength=len(self.pairs))
            while len(pairs := self.untied(pairs)):
                ends = self.roots[pairs]
                above = self.roots.copy()
                np.minimum.at(above, ends.max(axis=1), ends.min(axis=1))  # each root under a lower one
                while not np.array_equal(above, further := above[above]):
                    above = further
                self.roots = above
