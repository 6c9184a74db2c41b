"""Numbers far from the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.truth import Values
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.checks.outlying import far_off, middle
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class OddValues(DataCheck):
    """Numbers of a table that are far from all others: a slip of the decimal point, another unit."""

    title: ClassVar[str] = "numbers far from the others"
    advice: ClassVar[str] = "compare them with their pictures; --loss=Huber minds outliers less"

    deviations: float = option(8.0, "robust standard deviations that are usual", above=0)

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each number, the farthest first, column by column."""
        truths = [sample.truth for sample in data.source.samples]
        numbers = [truth.numbers for truth in truths if isinstance(truth, Values)]
        if len(numbers) < len(truths):
            return
        for name, column in zip(data.source.names, np.array(numbers).T, strict=True):
            median, deviation = middle(column)
            beyond = far_off(column, self.deviations, 0.0) if deviation else np.zeros_like(column)
            for place in np.argsort(-np.abs(beyond), kind="stable"):
                if beyond[place]:
                    yield Finding(f"{name} is {column[place]:g}, and the others about {median:.3g}", (int(place),))
