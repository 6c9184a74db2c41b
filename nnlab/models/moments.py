"""What BatchNorm sees of a batch."""

from typing import NamedTuple

from nnlab.core.types import Array


class BatchMoments(NamedTuple):
    """Mean and (biased) variance of each feature, and over how many values of it.

    Shapes:  mean, variance: (features,)
    """

    mean: Array
    variance: Array
    values: int
