"""The focal loss of heat maps, whose places near a peak count less."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.heads import Emits
from nnlab.core.types import Array
from nnlab.kernels.sigmoid import sigmoid
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.binary_cross_entropy import surprise
from nnlab.losses.places import Places


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class GaussianFocal(Loss):
    """How wrong a heat map is: peaks (y = 1) are to be found, all else to stay dark, the less so the nearer a peak is.

    loss = 1/peaks sum_n w_n sum_c a q^gamma softplus(u)         peaks = max(1, sum_n w_n [y_nc = 1])
    u = -z at peaks, else z;  q = 1 / (1 + exp(-u)): how wrong;  a = 1 at peaks, else (1 - y)^beta

    Where y is 0 or 1 alone (anchors) it is the focal loss over the number of those that are 1.

    Shapes:  predicted z, target y (0 to 1): (batch, ..., channels)
    Gradient:  dz = w a s q^gamma (q + gamma (1 - q) softplus(u)) / peaks         s = -1 at peaks, else 1
    Options:  gamma: how quickly what is right stops counting.  beta: how much less places near a peak count.
    Source:  Law and Deng, "CornerNet: detecting objects as paired keypoints", 2018;
             Zhou, Wang and Kraehenbuehl, "Objects as points", 2019.
    """

    also_called = ("CentreFocal", "CenterNetLoss", "HeatmapFocal", "PenaltyReducedFocal", "GaussianFocalLoss")

    takes: ClassVar[tuple[Emits, ...]] = ("logits", "values")
    log_odds: ClassVar[bool] = True
    separable: ClassVar[bool] = False
    placewise: ClassVar[bool] = False

    gamma: float = option(2.0, "how quickly what is right stops counting", low=0)
    beta: float = option(4.0, "how much less places near a peak count", low=0)

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The loss and dz; softplus(u) is the surprise at a yes (peaks), or a no."""
        places = Places(type(self).__name__, predicted, target)
        z, y = places.rows, places.wanted
        peak = y >= 1
        u = np.negative(z, out=ctx.empty(z.shape, z.dtype), where=peak)
        np.copyto(u, z, where=~peak)
        q, rest, spare = (ctx.empty(z.shape, z.dtype) for _ in range(3))
        sigmoid(u, out=q, spare=spare)
        sigmoid(np.negative(u, out=rest), out=rest, spare=spare)  # 1 - q, exact where q rounds to 1
        lost = surprise(z, peak, ctx)
        counts = np.maximum(1 - y, 0) ** self.beta
        np.copyto(counts, 1, where=peak)
        counts *= q**self.gamma
        per = max(1.0, places.total * places.mean(peak.sum(axis=1))) / places.total  # peaks, for each place
        loss = places.mean((counts * lost).sum(axis=1)) / per
        slope = np.multiply(rest, self.gamma, out=rest)
        slope *= lost
        slope += q
        slope *= counts
        np.negative(slope, out=slope, where=peak)
        return loss, places.gradient(slope, by=per)

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """Also nearly a cross-entropy."""
        return ({}, {"gamma": 0.5, "beta": 2.0}, {"gamma": 0.0, "beta": 0.0})
