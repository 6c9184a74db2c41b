"""Pairs drawn together, or pushed apart up to a margin."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array
from nnlab.losses.base import LOSSES
from nnlab.losses.comparing import Compared, ComparingLoss


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class Contrastive(ComparingLoss):
    """The distance of a pair is a fault where both are of one identity, its closeness where they are not.

    l_a = mean over b of  d_ab^2 / 2                 where b is of the same identity
                          max(0, margin - d_ab)^2 / 2     where it is of another

    Shapes:  predicted: (batch, ..., channels), of length 1; target: (batch, ..., 1), the identity's number
    Gradient:  dl_a/dd_ab = d_ab / pairs, or -max(0, margin - d_ab) / pairs;  the rest in comparing.py
    Options:  margin: the distance beyond which others lie far enough; vectors of length 1 are 2 apart at most.
    Source:  Hadsell, Chopra, LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", 2006.
    """

    also_called = ("ContrastiveLoss", "Siamese")

    margin: float = option(1.0, "distance beyond which others lie far enough", above=0, high=2)

    def compared(self, distances: Array, alike: Array, other: Array) -> Compared:
        """Each with all others."""
        near = np.maximum(self.margin - distances, 0)
        slopes = np.where(alike, distances, np.where(other, -near, 0.0))
        pairs = np.count_nonzero(alike | other, axis=1)
        slopes /= np.maximum(pairs, 1)[:, np.newaxis]
        return 0.5 * np.einsum("ab,ab->a", slopes, np.where(alike, distances, -near)), slopes, pairs > 0
