"""How much two maps are alike: by the order of their places, and by their structure."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlab.core.types import Array

WINDOW = 7
"""Of SSIM, in pixels."""


def rank_correlation(one: Array, other: Array) -> float:
    """Spearman's: the correlation of the ranks, equal values having the mean of theirs; 0 where one map is flat.

    Shapes:  both: the same
    """
    a, b = (_ranks(values) for values in (one, other))
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / spread if spread else 0.0


def _ranks(values: Array) -> Array:
    _, which, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    middle: Array = np.cumsum(counts) - (counts - 1) / 2
    return middle[which.ravel()]


def structural_similarity(one: Array, other: Array) -> float:
    """SSIM, its mean over all windows of 7 x 7, the maps stretched so that their largest value is 1.

    (2 m1 m2 + c1) (2 s12 + c2) / ((m1^2 + m2^2 + c1) (s1^2 + s2^2 + c2)),  c1 = 0.01^2, c2 = 0.03^2

    Shapes:  both: (height, width), not below 0
    Source:  Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004, equation 13.
    """
    side = min(WINDOW, *one.shape)
    a, b = (sliding_window_view(values / (values.max() or 1), (side, side)) for values in (one, other))
    mean_a, mean_b = a.mean(axis=(2, 3)), b.mean(axis=(2, 3))
    cross = (a * b).mean(axis=(2, 3)) - mean_a * mean_b
    spread_a, spread_b = (a * a).mean(axis=(2, 3)) - mean_a**2, (b * b).mean(axis=(2, 3)) - mean_b**2
    c1, c2 = 0.01**2, 0.03**2
    ratio = (2 * mean_a * mean_b + c1) * (2 * cross + c2)
    ratio /= (mean_a**2 + mean_b**2 + c1) * (spread_a + spread_b + c2)
    return float(ratio.mean())
