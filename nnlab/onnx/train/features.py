"""Features that are computed once: what a network whose weights stay gives for a sample is kept."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np

from nnlab.core.types import Array

MOST_BYTES = 2**28
"""Of features that are kept; beyond, those that were made first go."""


class Features:
    """Rows by the bytes of the sample that they were made of.

    Each sample goes through alone, so that its features do not depend on which others were kept: a run that goes on
    gives the same bits as one in one piece. A sample that augmentation has changed is another sample.
    """

    def __init__(self, most_bytes: int = MOST_BYTES):
        self._rows: OrderedDict[Hashable, Array] = OrderedDict()
        self._most, self._bytes = most_bytes, 0

    def of(self, x: Array, engine: str, compute: Callable[[int], Array]) -> Array:
        """The features of a batch.

        Options:  engine: what computes, since two engines round differently.  compute: the features of sample number i,
                  a batch of one.
        """
        return np.concatenate([self._row(sample, engine, compute, i) for i, sample in enumerate(x)])

    def _row(self, sample: Array, engine: str, compute: Callable[[int], Array], i: int) -> Array:
        content = hashlib.blake2b(np.ascontiguousarray(sample).data, digest_size=16).digest()
        key = (engine, sample.dtype.str, sample.shape, content)
        if key not in self._rows:
            row = self._rows[key] = np.array(compute(i))
            self._bytes += row.nbytes
            while self._bytes > self._most and len(self._rows) > 1:
                self._bytes -= self._rows.popitem(last=False)[1].nbytes
            return row
        return self._rows[key]
