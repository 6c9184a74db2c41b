"""The middle half of several values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array


@dataclass(frozen=True)
class Quartiles:
    """Of several values: the median, and the quarter and three quarters of the way up."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float] | Array) -> "Quartiles | None":
        """None of no values."""
        if not len(values):
            return None
        return cls(*map(float, np.quantile(np.asarray(values, np.float64), (0.25, 0.5, 0.75))))

    @classmethod
    def read(cls, document: Any) -> "Quartiles | None":
        """What `document` made; None of anything else."""
        try:
            (low, high), middle = document["quartiles"], document["median"]
            return cls(float(low), float(middle), float(high))
        except (KeyError, TypeError, ValueError):
            return None

    def document(self) -> Mapping[str, Any]:
        """As JSON has it."""
        return {"median": self.middle, "quartiles": [self.low, self.high]}

    def __str__(self) -> str:
        digits = 3 if self.middle < 1 else 2 if self.middle < 10 else 1
        return f"{self.middle:.{digits}f} ({self.low:.{digits}f} to {self.high:.{digits}f})"
