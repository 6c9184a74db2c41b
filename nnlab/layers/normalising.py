"""What layers have in common that standardise each sample by itself."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import NamedTuple

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.parameter import NewParameter, Parameter
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Layer


class Moments(NamedTuple):
    """What backward needs of a forward pass.

    Options:  inverse: 1 / sqrt(variance + epsilon).
    Shapes:  x: (rows, channels) or (batch, places, channels); mean, inverse: a number for each that is standardised
    """

    x: Array
    mean: Array
    inverse: Array


@dataclass(kw_only=True, eq=False)
class Normalising(Layer, ABC):
    """y = gamma xhat + beta;  xhat = (x - mean) / sqrt(variance + epsilon), with moments of one sample alone

    Options:  epsilon: keeps what is all alike from dividing by zero.
    """

    epsilon: float = option(1e-5, "added to the variance before its root", above=0)
    gamma: Parameter = field(init=False, repr=False)
    beta: Parameter = field(init=False, repr=False)

    @abstractmethod
    def gradients(self, dy: Array, cache: Moments, dx: Array | None) -> tuple[Array, Array]:
        """dgamma and dbeta; dx is written where it is an array.  Shapes:  dy: as x in the cache"""

    def learn(self, shape: Shape, new: NewParameter) -> None:
        """Makes gamma and beta (channels,)."""
        self.gamma = new("gamma", shape[-1:], "One", penalised=False)
        self.beta = new("beta", shape[-1:], "Zero", penalised=False)

    def backward(self, dy: Array, cache: Moments, ctx: Context) -> tuple[Array | None, ...]:
        """Adds dgamma and dbeta; dx."""
        dx = ctx.empty(cache.x.shape, dy.dtype) if ctx.needs_dx else None
        dgamma, dbeta = self.gradients(dy.reshape(cache.x.shape), cache, dx)
        self.gamma.add(dgamma)
        self.beta.add(dbeta)
        return (None if dx is None else dx.reshape(dy.shape),)
