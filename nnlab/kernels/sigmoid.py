"""The logistic function.

    y = 1 / (1 + exp(-x)), computed as max(e, [x >= 0]) / (1 + e) with e = exp(-|x|) <= 1

It never overflows and keeps the digits of a tiny y.
"""

import numpy as np

from nnlab.core.types import Array


def sigmoid(x: Array, *, out: Array, spare: Array) -> Array:
    """y, in `out`.

    Shapes:  x, out, spare: the same; `spare` is written over, and neither is x
    """
    e = np.abs(x, out=spare)
    np.negative(e, out=e)
    np.exp(e, out=e)
    np.greater_equal(x, 0, out=out)
    np.maximum(out, e, out=out)
    e += 1
    out /= e
    return out
