"""Mixup."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.data.mixing.base import MIXINGS, Mixing


@MIXINGS.register
@dataclass(kw_only=True, eq=False)
class Mixup(Mixing):
    """Two images shine through each other.

    x = s x_own + (1 - s) x_partner,  and the targets likewise;  s ~ Beta(alpha, alpha)

    Source:  Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018.
    """

    def mixed(self, images: Array, partners: Array, share: float, chance: "np.random.Generator") -> tuple[Array, float]:
        """The mean of both, weighted by the shares."""
        both: Array = images[partners]
        both *= images.dtype.type(1 - share)
        both += images * images.dtype.type(share)
        return both, share
