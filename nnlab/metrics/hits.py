"""What shares of samples have in common of which an answer counts as right."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.metrics.base import Metric


@dataclass(kw_only=True, eq=False)
class HitShare(Metric, ABC):
    """(samples whose answer is a hit) / samples"""

    is_share: ClassVar[bool] = True

    right: int = field(init=False, repr=False, default=0)
    samples: int = field(init=False, repr=False, default=0)

    @abstractmethod
    def hits(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """Which answers count as right.  Shapes:  result: (batch,), bool"""

    def reset(self) -> None:
        """Forgets every batch."""
        self.right = self.samples = 0

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Counts one batch."""
        self.right += int(np.count_nonzero(self.hits(answers, truths)))
        self.samples += len(answers)

    def compute(self) -> float:
        """0 to 1; NaN before the first sample."""
        return self.right / self.samples if self.samples else float("nan")
