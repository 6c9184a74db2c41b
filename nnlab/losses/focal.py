"""Binary cross-entropy that hardly counts what is already right."""

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
class Focal(Loss):
    """Binary cross-entropy, each output counting by how wrong it is: the many easy ones do not drown the few hard ones.

    loss = 1/(places channels) sum_n sum_c a q^gamma b
    p = 1 / (1 + exp(-z));  q = y (1 - p) + (1 - y) p;  a = y alpha + (1 - y) (1 - alpha);  b the binary cross-entropy

    Shapes:  predicted z, target y (0 to 1): (batch, ..., channels)
    Gradient:  dz = a q^gamma (p - y + gamma (1 - 2y) b p (1 - p) / q) / (places channels)
    Options:  alpha: none: both count alike, as 1.  gamma: 0: binary cross-entropy, weighted by a.
    Source:  Lin et al., "Focal loss for dense object detection", 2017.
    """

    also_called = ("FocalLoss", "SigmoidFocalLoss", "BinaryFocalCrossentropy")

    takes: ClassVar[tuple[Emits, ...]] = ("logits",)
    apart: ClassVar[bool] = True

    alpha: float | None = option(0.25, "how much a yes counts, a no the rest of 1; none for 1 each", low=0, high=1)
    gamma: float = option(2.0, "how quickly what is right stops counting", low=0)

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dz."""
        places = Places(type(self).__name__, predicted, target, apart=self.apart)
        z, y, channels = places.rows, places.wanted, places.channels
        p, rest, spare = (ctx.empty(z.shape, z.dtype) for _ in range(3))
        sigmoid(z, out=p, spare=spare)
        sigmoid(np.negative(z, out=rest), out=rest, spare=spare)  # 1 - p, exact where p rounds to 1
        lost, wrong = surprise(z, y, ctx), y * rest + (1 - y) * p
        factor = wrong**self.gamma
        if self.alpha is not None:
            factor *= y * self.alpha + (1 - y) * (1 - self.alpha)
        loss = places.mean((factor * lost).sum(axis=1)) / channels
        slope = np.divide(p * rest, wrong, out=np.zeros_like(p), where=wrong > 0)  # what is wholly right has none
        slope *= (1 - 2 * y) * lost
        slope *= self.gamma
        slope += p - y
        slope *= factor
        return loss, places.gradient(slope, by=channels)

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """Also without weights, and nearly a cross-entropy."""
        return ({}, {"alpha": None, "gamma": 0.5}, {"gamma": 0.0})
