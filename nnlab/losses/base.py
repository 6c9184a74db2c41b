"""The contract of a loss."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnlab.core.component import Component
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.registry import Registry
from nnlab.core.types import Array

Emits = Literal["probabilities", "logits"]


@dataclass(kw_only=True, eq=False)
class Loss(Component, ABC):
    """The mean over the batch of how wrong each prediction is. The 1/batch sits in its gradient and nowhere else.

    Options:  expects: what it takes as `predicted`, probabilities or logits.
              counterpart: the name of the loss that is the same function of the other; none where there is none.
              logarithmic: whether it takes the logarithm of `predicted`, so that a 0 there is a fault worth reporting.
    """

    expects: ClassVar[Emits] = "probabilities"
    counterpart: ClassVar[str | None] = None
    logarithmic: ClassVar[bool] = False

    @abstractmethod
    def __call__(self, predicted: Array, target: Array, ctx: Context) -> tuple[float, Array]:
        """The mean loss, and its gradient with respect to `predicted`; both arrays are (batch, classes)."""

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests and `nnlab check` make one; by default the defaults."""
        return ({},)

    def of(self, emits: Emits) -> "Loss":
        """The same loss for a model that emits probabilities or logits. Raises UsageError: if there is none."""
        if emits == self.expects:
            return self
        if self.counterpart is not None:
            other: Loss = LOSSES.get(self.counterpart)()
            return other
        raise UsageError(
            f"{type(self).__name__} takes {self.expects} and the model emits {emits}",
            where="loss",
            hint=f"choose a model that emits {self.expects}, or another loss",
        )


def require_alike(loss: Loss, predicted: Array, target: Array) -> None:
    """Raises ShapeError: unless both are (batch, classes) with at least one sample."""
    if predicted.shape != target.shape or predicted.ndim != 2 or not len(predicted):
        raise ShapeError(
            f"predicted {predicted.shape} and target {target.shape} must be the same (batch, classes)",
            where=type(loss).__name__,
        )


LOSSES: Registry[Loss] = Registry("loss", "nnlab.losses")
