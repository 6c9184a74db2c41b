"""From a network's scores to probabilities."""

import numpy as np

from nnlab.core.types import Array

TOLERANCE = 1e-3
"""How far probabilities in half precision may be from adding up to 1."""


def probabilities(scores: Array, *, softmax: bool = False) -> Array:
    """Scores as probabilities: themselves where they are none below 0 and add up to 1, else their softmax.

    One score alone is that of the second of two classes: a sigmoid's output, or its logit.

    Options:  softmax: whether they are known to come out of one. Then what rounding to few bits made of their sum is
              divided away, and no second softmax follows.
    """
    wide = scores.astype(np.float64)
    if len(wide) == 1:
        second = wide if 0 <= wide[0] <= 1 else np.exp(-np.logaddexp(0, -wide))  # a sigmoid that never overflows
        return np.concatenate([1 - second, second])
    if add_up(wide):
        return wide
    if softmax and wide.min() >= 0 and wide.sum() > 0:
        wide /= wide.sum()
        return wide
    powers = np.exp(wide - wide.max())
    shares: Array = powers / powers.sum()
    return shares


def add_up(values: Array) -> bool:
    """Whether these are the probabilities of all classes: none below 0, and 1 together."""
    return bool(values.min() >= 0 and abs(values.sum(dtype=np.float64) - 1) < TOLERANCE)


def whole_shares(values: Array) -> bool:
    """Whether the scores of the likeliest classes are probabilities: none below 0, no more than 1 together."""
    return bool(values.min() >= 0 and values.sum() <= 1 + TOLERANCE)
