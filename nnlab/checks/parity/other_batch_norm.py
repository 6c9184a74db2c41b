"""BatchNorm that divides by something else, for the conventions that differ there."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.sums import column_dots, column_sums
from nnlab.layers.batch_norm import BatchNorm, Moments


@dataclass(kw_only=True, eq=False)
class OtherBatchNorm(BatchNorm):
    """Batch normalisation by another number than 1 / sqrt(variance + epsilon).

    y = gamma centred inverse + beta

    Gradient:  dx = gamma inverse (dy - dbeta / n - pull xhat dgamma / n)     in training; pull is 1 for BatchNorm
    """

    @abstractmethod
    def inverse(self, variance: Array, values: int | None) -> Array:
        """What the centred values are multiplied by; `values` is None for the running variance."""

    @abstractmethod
    def pull(self, variance: Array, values: int) -> Array | float:
        """How much more the inverse moves with the variance than BatchNorm's: -2 d inverse / d variance / inverse^3"""

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Moments]:
        """y, and the moments."""
        _, moments = super().forward(*xs, ctx=ctx)
        inverse = self.inverse(moments.variance, moments.values if ctx.training else None)
        y = np.multiply(moments.centred, self.gamma.value * inverse, out=ctx.empty(xs[0].shape, xs[0].dtype))
        y += self.beta.value
        return y, moments._replace(inverse=inverse)

    def backward(self, dy: Array, cache: Moments, ctx: Context) -> tuple[Array | None, ...]:
        """Adds dgamma and dbeta; dx."""
        dbeta, dgamma = column_sums(dy), column_dots(dy, cache.centred) * cache.inverse
        self.beta.add(dbeta)
        self.gamma.add(dgamma)
        if not ctx.needs_dx:
            return (None,)
        dx = dy.copy()
        if cache.training:
            pull = self.pull(cache.variance, cache.values)
            dx -= (dbeta + pull * cache.inverse * dgamma * cache.centred) / cache.values
        dx *= self.gamma.value * cache.inverse
        return (dx,)
