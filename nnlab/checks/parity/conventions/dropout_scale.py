"""What dropout's rate says, and when its output is scaled."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.layers.dropout import Dropout


@dataclass(kw_only=True, eq=False)
class ScaledInEvaluation(Dropout):
    """y = x mask with mask 0 or 1 in training; y = (1 - rate) x in evaluation"""

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array | None]:
        """y, and what x was multiplied by."""
        _, mask = super().forward(*xs, ctx=ctx)
        (x,) = xs
        mask = np.full_like(x, 1 - self.rate) if mask is None else np.sign(mask)
        return x * mask, mask


@dataclass(kw_only=True, eq=False)
class OtherEnd(Dropout):
    """The same, but the values that are dropped are those whose random number is large."""

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array | None]:
        """y, and the mask."""
        (x,) = xs
        if not ctx.training or self.rate == 0:
            return x, None
        drawn = ctx.generator().random(x.shape, np.float32)
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
        rates = {layer.rate for layer in subject.layers(Dropout)} - {0.0}
        if not rates:
            return
        yield (
            "scaled in evaluation instead of in training, as the paper has it",
            subject.with_layer(Dropout, lambda layer: ScaledInEvaluation(**layer.options())),
        )
        if rates - {0.5}:
            yield (
                "rate is the share that is kept, as TensorFlow 1's keep_prob",
                subject.with_layer(Dropout, lambda layer: replace(layer, rate=1 - layer.rate if layer.rate else 0.0)),
            )
            yield (
                "rate is the share that is kept, and the small random numbers keep",
                subject.with_layer(Dropout, lambda layer: OtherEnd(rate=1 - layer.rate if layer.rate else 0.0)),
            )
        yield (
            "small random numbers keep, large ones drop, as torch and JAX do",
            subject.with_layer(Dropout, lambda layer: OtherEnd(**layer.options())),
        )
