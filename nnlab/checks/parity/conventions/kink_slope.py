"""Which slope a rectifier has at zero."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.layers.base import Layer
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.relu import ReLU


@dataclass(kw_only=True, eq=False)
class OtherKink(Layer):
    """Goes before a rectifier, whose dx it changes where x = 0.

    Options:  weight: how much of the slope above zero there is in the slope at zero; the rest is that below.
    """

    weight: float = field(repr=False)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y and x; the rectifier's own backward takes x too, whose sign is that of y."""
        y, _ = super().forward(*xs, ctx=ctx)  # type: ignore[safe-super]
        return y, xs[0]

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        (dx,) = super().backward(dy, cache, ctx)  # type: ignore[safe-super]
        if dx is not None:
            below = getattr(self, "alpha", 0.0)
            np.copyto(dx, dy * (self.weight + (1 - self.weight) * below), where=cache == 0)
        return (dx,)


@dataclass(kw_only=True, eq=False)
class KinkedReLU(OtherKink, ReLU):
    """ReLU with another slope at zero."""


@dataclass(kw_only=True, eq=False)
class KinkedLeakyReLU(OtherKink, LeakyReLU):
    """LeakyReLU with another slope at zero."""


KINDS: dict[type[Layer], Any] = {ReLU: KinkedReLU, LeakyReLU: KinkedLeakyReLU}


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class KinkSlope(Convention):
    """Which slope ReLU and LeakyReLU have at exactly zero, where the formula leaves it open.

    that below zero (0, or alpha)       nnlab; torch and TensorFlow (relu, leaky_relu); jax.nn.relu
    that above zero (1)                 jax.nn.leaky_relu, torch.clamp(min=0), NumPy code with x >= 0
    the mean of both                    maximum(x, 0) in torch and JAX, which shares a tie

    It shows where values are zero on purpose: black pixels, a rectifier behind another one, biases at the start.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For networks with a ReLU or LeakyReLU."""
        if not any(subject.layers(kind) for kind in KINDS):
            return
        for weight, says in ((1.0, "that above zero, as with x >= 0"), (0.5, "the mean of both sides, as of maximum")):
            yield (
                says,
                subject.with_layers(
                    lambda node, weight=weight: (  # type: ignore[misc]
                        KINDS[type(node.layer)](weight=weight, **node.layer.options())
                        if type(node.layer) in KINDS
                        else None
                    )
                ),
            )
