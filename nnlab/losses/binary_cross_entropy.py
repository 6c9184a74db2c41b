"""Cross-entropy of outputs that are each yes or no by themselves."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.heads import Emits
from nnlab.core.types import Array
from nnlab.kernels.sigmoid import sigmoid
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.places import Places


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class BinaryCrossEntropy(Loss):
    """How surprised the model is by each output's yes or no: in a classifier, each class against the rest.

    loss = 1/(places channels) sum_n sum_c -y_nc log p_nc - (1 - y_nc) log (1 - p_nc);  p = 1 / (1 + exp(-z))
         = 1/(places channels) sum_n sum_c max(z_nc, 0) - y_nc z_nc + log(1 + exp(-|z_nc|))

    The second line is the first without a logarithm of what rounded to zero, and without anything that overflows.

    Shapes:  predicted z, target y (0 to 1): (batch, ..., channels)
    Gradient:  dz = (p - y) / (places channels)
    """

    also_called = ("BCE", "BCEWithLogits", "BCEWithLogitsLoss", "SigmoidCrossEntropy", "LogisticLoss")

    takes: ClassVar[tuple[Emits, ...]] = ("logits", "values")
    log_odds: ClassVar[bool] = True
    apart: ClassVar[bool] = True

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dz."""
        places = Places(type(self).__name__, predicted, target, apart=self.apart)
        z, y, channels = places.rows, places.wanted, places.channels
        loss = places.mean(surprise(z, y, ctx).sum(axis=1)) / channels
        p = ctx.empty(z.shape, z.dtype)
        sigmoid(z, out=p, spare=ctx.empty(z.shape, z.dtype))
        return loss, places.gradient(np.subtract(p, y, out=p), by=channels)


def surprise(z: Array, y: Array, ctx: Context) -> Array:
    """max(z, 0) - y z + log(1 + exp(-|z|)): its first two summands are 0 or exact where the third is tiny."""
    tail = np.abs(z, out=ctx.empty(z.shape, z.dtype))
    np.log1p(np.exp(np.negative(tail, out=tail), out=tail), out=tail)
    lost = np.maximum(z, 0, out=ctx.empty(z.shape, z.dtype))
    lost -= y * z
    lost += tail
    return lost
