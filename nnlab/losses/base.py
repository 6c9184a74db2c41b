"""The contract of a loss."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from nnlab.core.component import Component
from nnlab.core.context import Context
from nnlab.core.registry import Registry
from nnlab.core.types import Array

Emits = Literal["probabilities", "logits"]


@dataclass(kw_only=True, eq=False)
class Loss(Component, ABC):
    """The mean over the batch of how wrong each prediction is. The 1/batch sits in its gradient and nowhere else.

    Options:  expects: what it takes as `predicted`, probabilities or logits.
    """

    expects: ClassVar[Emits] = "probabilities"

    @abstractmethod
    def __call__(self, predicted: Array, target: Array, ctx: Context) -> tuple[float, Array]:
        """The mean loss, and its gradient with respect to `predicted`; both arrays are (batch, classes)."""

    def of(self, emits: Emits) -> "Loss":
        """The same loss for a model that emits probabilities or logits. Raises UsageError: if there is none."""
        if emits == self.expects:
            return self
        from nnlab.core.errors import UsageError

        raise UsageError(f"{type(self).__name__} takes {self.expects} and the model emits {emits}", where="loss")


LOSSES: Registry[Loss] = Registry("loss", "nnlab.losses")
