"""Classes with few pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected

NAMED = 5
"""How many classes are named, the smallest first."""


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class FewSamples(DataCheck):
    """Classes below a guide: so many pictures as a network that is trained from random weights is commonly given."""

    title: ClassVar[str] = "classes with few pictures"
    advice: ClassVar[str] = "add pictures, use --augment, or start from trained weights: --weights"

    per_class: int = option(3000, "pictures that a class should have", low=1)
    complexity: float = option(1.0, "how hard the task is: 2 asks for twice as many", above=0)

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for the set."""
        if not data.source.labelled:
            return
        guide = round(self.per_class * self.complexity)
        counts = np.bincount(data.labels, minlength=len(data.source.names))
        few = [int(label) for label in np.argsort(counts, kind="stable") if counts[label] < guide]
        if few:
            named = ", ".join(f"{data.source.names[label]} {counts[label]:,}" for label in few[:NAMED])
            more = ", ..." if len(few) > NAMED else ""
            yield Finding(
                f"{len(few):,} of {len(counts):,} classes have fewer than the guide's {guide:,} ({named}{more})"
            )
