"""The order of places by falling score.

A score and its place make one whole number of 64 bits: to sort these is faster than to ask for an order.
"""

from typing import Any

import numpy as np

from nnlab.core.types import Array


def by_falling_score(scores: Array, least: Any = None) -> Array:
    """Places of the scores above `least` (None: all), the best first, equal ones in their order; NaN comes last.

    Shapes:  scores: (n,), float16 or float32: others are compared after rounding to float32; result: (at most n,)
    """
    places = np.arange(len(scores)) if least is None else (scores > least).nonzero()[0]
    keys = _falling(scores[places])
    keys <<= 32
    keys |= places
    keys.sort()
    keys &= 0xFFFFFFFF
    return keys


def by_group_and_falling_score(groups: Array, scores: Array) -> Array:
    """The order by group, then as above; at most 2^15 groups and 2^16 scores.  Shapes:  all (n,)"""
    keys = _falling(scores)
    keys += groups << 32
    keys <<= 16
    keys |= np.arange(len(keys))
    keys.sort()
    keys &= 0xFFFF
    return keys


def _falling(scores: Array) -> Array:
    """Whole numbers of 32 bits, as int64, that rise as the scores fall."""
    own = scores.astype(np.float32, copy=False) + np.float32(0)  # no -0
    bits = own.view(np.int32)
    if not own.min(initial=0) >= 0:
        bits = np.where(np.isnan(own), np.float32(-np.inf), own).view(np.int32)
        bits = np.where(bits < 0, bits ^ 0x7FFFFFFF, bits)  # of two below 0, the one with more bits is less
    return (~bits).astype(np.int64)
