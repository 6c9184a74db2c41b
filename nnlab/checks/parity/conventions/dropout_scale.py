"""What dropout's rate says, and when its output is scaled."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.context import Context
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Layer
from nnlab.layers.dropout import Dropout
from nnlab.layers.dropping import Dropping
from nnlab.layers.stochastic_depth import StochasticDepth

KINDS = (Dropout, StochasticDepth)
"""What may be scaled otherwise: not what stands for one that is already."""


@dataclass(kw_only=True, eq=False)
class Otherwise(Dropping):
    """One that drops the same parts as another.  Options:  of: the other."""

    of: Dropping = field(default_factory=Dropout)

    def mask_shape(self, in_shape: Shape) -> Shape:
        """As the other's."""
        return self.of.mask_shape(in_shape)

    def backward(self, dy: Array, cache: Array | None, ctx: Context) -> tuple[Array | None, ...]:
        """dx, by what x was multiplied by."""
        if not ctx.needs_dx:
            return (None,)
        return (dy if cache is None else dy * cache,)


@dataclass(kw_only=True, eq=False)
class ScaledInEvaluation(Otherwise):
    """y = x mask with mask 0 or 1 in training; y = (1 - rate) x in evaluation"""

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array | None]:
        """y, and what x was multiplied by."""
        _, mask = super().forward(*xs, ctx=ctx)
        (x,) = xs
        factor = np.full_like(x, 1 - self.rate) if mask is None else mask.astype(x.dtype)
        return x * factor, factor


@dataclass(kw_only=True, eq=False)
class OtherEnd(Otherwise):
    """The same, but what is dropped is what has a large random number."""

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array | None]:
        """y, and the mask."""
        (x,) = xs
        if not ctx.training or self.rate == 0:
            return x, None
        drawn = ctx.generator().random((len(x), *self.mask_shape(x.shape[1:])), np.float32)
        mask = (drawn < 1 - self.rate).astype(x.dtype) * (1 / (1 - self.rate))
        return x * mask, mask


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class DropoutScale(Convention):
    """What dropout's rate says, and when its output is scaled.

    x mask / (1 - rate) in training, x in evaluation        nnlab, torch, Keras, Flax ("inverted")
    x mask in training, (1 - rate) x in evaluation          the paper; Caffe's and Theano's early code
    rate is the share that is kept                          TensorFlow 1 (keep_prob), haiku's and stax's old API

    A random number u drops its value where u < rate (nnlab, Keras) or keeps it where u < 1 - rate (torch, JAX).

    Source:  Srivastava et al., "Dropout", 2014, section 4 and figure 2.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For networks that drop something."""
        rates = {node.layer.rate for node in subject.graph.nodes if isinstance(node.layer, KINDS)} - {0.0}
        if not rates:
            return
        yield (
            "scaled in evaluation instead of in training, as the paper has it",
            _with(subject, lambda layer: ScaledInEvaluation(rate=layer.rate, of=layer)),
        )
        if rates - {0.5}:
            yield (
                "rate is the share that is kept, as TensorFlow 1's keep_prob",
                _with(subject, lambda layer: replace(layer, rate=_kept(layer))),
            )
            yield (
                "rate is the share that is kept, and the small random numbers keep",
                _with(subject, lambda layer: OtherEnd(rate=_kept(layer), of=layer)),
            )
        yield (
            "small random numbers keep, large ones drop, as torch and JAX do",
            _with(subject, lambda layer: OtherEnd(rate=layer.rate, of=layer)),
        )


def _with(subject: Subject, other: Callable[[Dropping], Layer]) -> Subject:
    """Another layer for each that drops something."""
    return subject.with_layers(lambda node: other(node.layer) if isinstance(node.layer, KINDS) else None)


def _kept(layer: Dropping) -> float:
    return 1 - layer.rate if layer.rate else 0.0
