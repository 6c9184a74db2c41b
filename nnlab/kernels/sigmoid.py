"""The logistic function.

    y = 1 / (1 + exp(-x)), computed as max(e, [x >= 0]) / (1 + e) with e = exp(-|x|) <= 1

It never overflows and keeps the digits of a tiny y.
"""

import math

import numpy as np

from nnlab.core.types import Array


def sigmoid(x: Array, *, out: Array | None = None, spare: Array | None = None) -> Array:
    """y, in `out`; in memory of its own where none is lent.

    Shapes:  x, out, spare: the same; `spare` is written over, and neither is x
    """
    out = np.empty_like(x) if out is None else out
    e = np.abs(x, out=spare)
    np.negative(e, out=e)
    np.exp(e, out=e)
    np.greater_equal(x, 0, out=out)
    np.maximum(out, e, out=out)
    e += 1
    out /= e
    return out


def log_odds(p: float) -> float:
    """x of which p is the sigmoid: log(p / (1 - p))"""
    return math.log(p / (1 - p))
