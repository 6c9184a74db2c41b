"""Classes of very different sizes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Imbalance(DataCheck):
    """The largest class has many times the pictures of the smallest: accuracy then speaks for the largest."""

    title: ClassVar[str] = "classes of unlike sizes"
    advice: ClassVar[str] = "use --class-weights=balanced, and go by --accuracy=BalancedAccuracy; or add pictures"

    ratio: float = option(4.0, "times the smallest class that the largest may be", low=1)

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for the set."""
        if not data.source.labelled:
            return
        counts = np.bincount(data.labels, minlength=len(data.source.names))
        largest, smallest = int(counts.argmax()), int(counts.argmin())
        if counts[largest] > self.ratio * counts[smallest]:
            names = data.source.names
            big, small = f"{names[largest]} has {counts[largest]:,}", f"{names[smallest]} {counts[smallest]:,}"
            chance = counts[largest] / counts.sum()
            times = counts[largest] / max(counts[smallest], 1)
            yield Finding(f"{big} pictures and {small}: {times:.3g} times; who always says {names[largest]} is right "
                          f"in {chance:.0%}")  # fmt: skip
