"""How cross-entropy keeps away from the logarithm of zero."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.losses.base import Loss
from nnlab.losses.cross_entropy import CrossEntropy


@dataclass(kw_only=True, eq=False)
class Guarded(CrossEntropy):
    """loss = - 1/batch sum y log q(p)"""

    epsilon: float = option(1e-7, "what keeps the logarithm away from zero", above=0)

    @abstractmethod
    def guard(self, p: Array) -> tuple[Array, Array]:
        """q and q'."""

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """CrossEntropy of q, and its gradient times q'."""
        q, slope = self.guard(predicted)
        loss, dq = super().__call__(q, target, ctx)
        return loss, dq * slope


class Added(Guarded):
    """q = p + epsilon"""

    def guard(self, p: Array) -> tuple[Array, Array]:
        """q' = 1"""
        return p + self.epsilon, np.ones_like(p)


class Clipped(Guarded):
    """q = p between epsilon and 1 - epsilon"""

    def guard(self, p: Array) -> tuple[Array, Array]:
        """q' = 1, and 0 where p is clipped: such a sample teaches nothing."""
        low, high = self.epsilon, 1 - self.epsilon
        return np.clip(p, low, high), ((p >= low) & (p <= high)).astype(p.dtype)


def guarded(kind: type[Guarded], epsilon: float, loss: Loss) -> Loss:
    """One under CrossEntropy's name, with its options: a comparison calls its tensors by it."""
    renamed: Any = type(CrossEntropy.__name__, (kind,), {})
    made: Loss = renamed(epsilon=epsilon, **loss.options())
    return made


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class LogFloor(Convention):
    """How the cross-entropy of probabilities keeps away from the logarithm of zero.

    log max(p, the smallest normal number)                  nnlab
    log of p clipped to epsilon ... 1 - epsilon             Keras (1e-7)
    log(p + epsilon)                                        code written at home (1e-8, 1e-7, 1e-12)

    It shows in samples that the model is very sure about. Taken from the logits (`fused`), no floor is needed.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For CrossEntropy of probabilities."""
        loss = subject.fitting_loss
        if type(loss) is not CrossEntropy:
            return
        yield "p is clipped to 1e-7 ... 1 - 1e-7, as Keras has it", subject.with_loss(guarded(Clipped, 1e-7, loss))
        for epsilon in (1e-8, 1e-7, 1e-12):
            yield f"{epsilon:g} is added to p", subject.with_loss(guarded(Added, epsilon, loss))
