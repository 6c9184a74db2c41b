"""Softmax and cross-entropy as one function."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.losses.base import LOSSES, Emits, Loss, require_alike


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class SoftmaxCrossEntropy(Loss):
    """CrossEntropy(softmax(z)) without computing its logarithm of a quotient: exact where a probability rounds to zero.

    loss = 1/batch sum_n (log sum_c exp z_nc - sum_c y_nc z_nc);  a = softmax(z)

    Each row of y has to add up to 1, as one-hot targets do.

    Shapes:  predicted z, target y, a: (batch, classes)
    Gradient:  dz = (a - y) / batch                 what remains of (softmax's gradient) (-y / a)
    """

    expects: ClassVar[Emits] = "logits"

    def __call__(self, predicted: Array, target: Array, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dz."""
        require_alike(self, predicted, target)
        shape, dtype = predicted.shape, predicted.dtype
        z = np.subtract(predicted, predicted.max(axis=1, keepdims=True), out=ctx.empty(shape, dtype))
        a = np.exp(z, out=ctx.empty(shape, dtype))
        total = a.sum(axis=1, keepdims=True)
        losses = np.log(total[:, 0]) - np.einsum("nc,nc->n", target, z)
        a /= total
        dz = np.subtract(a, target, out=a)
        dz /= len(predicted)
        return float(losses.mean(dtype=np.float64)), dz

    def of(self, emits: Emits) -> Loss:
        """Itself for logits, CrossEntropy for probabilities."""
        from nnlab.losses.cross_entropy import CrossEntropy

        return self if emits == self.expects else CrossEntropy()
