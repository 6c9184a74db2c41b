"""Which of many numbers lie far from the others: by what most are like, which outliers do not change."""

import numpy as np

from nnlab.core.types import Array

NORMAL = 1.4826
"""The standard deviation of normal numbers, in median distances from their median."""


def middle(values: Array) -> tuple[float, float]:
    """The median, and the deviation by the median distance from it: half of the numbers may be anything.

    Source:  P. J. Rousseeuw and C. Croux, "Alternatives to the Median Absolute Deviation", 1993, equation 1.1.
    """
    median = float(np.nanmedian(values))
    return median, NORMAL * float(np.nanmedian(np.abs(values - median)))


def far_off(values: Array, deviations: float, least: float) -> Array:
    """How far each number is beyond median +- max(deviations x deviation, least): above 0 above it, below 0 below it, 0
    within, and where it is NaN.

    Shapes:  values and result: (n,)
    """
    if not np.isfinite(values).any():
        return np.zeros_like(values)
    median, deviation = middle(values)
    reach = max(deviations * deviation, least)
    away = values - median
    beyond: Array = np.where(np.abs(away) > reach, away, 0.0)
    return beyond
