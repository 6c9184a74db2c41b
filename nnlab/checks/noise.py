"""How far rounding moves an objective, found out by asking it at points that lie side by side."""

import math
from collections.abc import Callable
from statistics import median
from typing import Final

import numpy as np

POINTS: Final = 9

ORDERS: Final = (2, 3, 4, 5)
"""Of differences: the first still has the slope in it, and few of the last are left."""


def deviation(move: Callable[[float], object], objective: Callable[[], float], spacing: float) -> float:
    """The standard deviation of an objective's rounding.

    D f_i = f_(i+1) - f_i;  sigma_k^2 = (k!)^2 / (2k)! mean_i (D^k f_i)^2;  sigma = median over k of sigma_k

    Differences of order k of what is smooth are of the size of spacing^k; those of rounding, which is another at every
    point, grow with k by a known factor.

    Options:  move: puts what the objective depends on so far along a line.  spacing: from one point to the next.
    Source:  More and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33, 2011, section 3.
    """
    values = []
    for place in range(POINTS):
        move((place - POINTS // 2) * spacing)
        values.append(objective())
    if not np.isfinite(values).all():
        return math.inf
    return median(
        math.sqrt(float(np.mean(np.diff(values, k) ** 2)) * math.factorial(k) ** 2 / math.factorial(2 * k))
        for k in ORDERS
    )
