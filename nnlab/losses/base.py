"""The contract of a loss."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import Component, options_of
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Emits
from nnlab.core.registry import Registry
from nnlab.core.types import Array
from nnlab.losses.places import Noted


@dataclass(kw_only=True, eq=False)
class Loss(Component, ABC):
    """The mean of how wrong each prediction is: over the batch, and over the places of a map, each counting as the
    target's weight says. The 1/batch sits in its gradient and nowhere else. `losses/places.py` does that part.

    Options:  takes: what `predicted` may be, the first of which it is meant for.
              counterpart: the name of the loss that is the same function of logits, or of probabilities, which this
                  one does not take; none where there is none.
              logarithmic: whether it takes the logarithm of `predicted`, so that a 0 there is a fault worth reporting.
              separable: whether it is the mean of the samples' own losses; one that compares samples is not.
              log_odds: whether it takes values as log-odds, so that their sigmoid is what is said.
              apart: whether a place's loss is the mean of its channels' own, so that each may have its own weight.
              placewise: whether a sample's loss is the mean of its places'; one that compares places is not.
              defaults: the component by default, by section, where it wants another than the usual one.
              channels: how many values it takes at a place; None: any number.
    """

    takes: ClassVar[tuple[Emits, ...]] = ("probabilities",)
    counterpart: ClassVar[str | None] = None
    logarithmic: ClassVar[bool] = False
    log_odds: ClassVar[bool] = False
    separable: ClassVar[bool] = True
    placewise: ClassVar[bool] = True
    apart: ClassVar[bool] = False
    defaults: ClassVar[Mapping[str, str]] = {}
    channels: ClassVar[int | None] = None

    @abstractmethod
    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss, and its gradient with respect to `predicted`, which is (batch, ..., channels)."""

    def each(self, predicted: Array, target: Target, ctx: Context) -> Array:
        """The loss of each sample: by itself, as that of a batch of one; of a loss that compares samples, beside the
        others.  Shapes:  result: (batch,), float64

        Where the loss is a multiple of one mean over places, each sample's is as much of the mean over its own.
        """
        if self.separable and self.placewise:
            noted = Noted(target.value, target.weight)
            whole, _ = self(predicted, noted, ctx)
            if len(noted.lost) == 1 and whole and math.isfinite(whole):
                mean, each = noted.lost[0]
                parts = mean / whole  # of which it is one: -1, or how many channels a place has
                return each / (round(parts) if math.isclose(parts, round(parts), rel_tol=1e-12) else parts)
        alone = (self(predicted[[place]], target.take([place]), ctx)[0] for place in range(len(predicted)))
        return np.fromiter(alone, np.float64, len(predicted))

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests and `nnlab check` make one; by default the defaults."""
        return ({},)

    def of(self, emits: Emits) -> "Loss":
        """The same loss for an output that emits probabilities, logits or values.

        Raises:  UsageError: if there is none.
        """
        if emits in self.takes:
            return self
        other: type[Loss] | None = LOSSES.get(self.counterpart) if self.counterpart else None
        if other is not None and emits in other.takes:
            shared = {offered.name for offered in options_of(other)}
            return other(**{name: value for name, value in self.options().items() if name in shared})
        fused = emits == "probabilities" and "logits" in self.takes
        raise UsageError(
            f"{type(self).__name__} takes {' or '.join(self.takes)} and the model emits {emits}",
            where="loss",
            hint=f"choose a model that emits {self.takes[0]}{' (NLayers: --fused)' if fused else ''}, or another loss",
        )


@dataclass(frozen=True)
class Term:
    """One head's part of what is minimised: share * loss."""

    loss: Loss
    share: float = 1.0

    def node(self, head: str) -> str:
        """How messages call the place of this loss: by its class, and by its head where there are several."""
        return type(self.loss).__name__ if head == OUTPUT else f"{type(self.loss).__name__} of {head}"


Losses = Loss | Mapping[str, Term | None]
"""What is minimised: a loss of the one head that a network has, or a term for each of its heads; None for one that is
read, and not learnt from."""


LOSSES: Registry[Loss] = Registry("loss", "nnlab.losses")
