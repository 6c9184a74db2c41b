"""Metrics with one mistake each: the public check has to name it."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from nnlab.core.truths import rows_of
from nnlab.metrics.classes import Classes
from nnlab.metrics.residuals import AbsoluteError
from nnlab.testing import check_metric


@dataclass(kw_only=True, eq=False)
class MeanOfBatches(Classes):
    """Every batch counts the same, however small."""

    means: list = field(init=False, repr=False, default_factory=list)

    def reset(self):
        self.means.clear()

    def update(self, answers, truths):
        self.means.append(float(np.mean(self.hits(answers, truths))))

    def compute(self):
        return float(np.mean(self.means)) if self.means else float("nan")


@dataclass(kw_only=True, eq=False)
class ZeroForNothing(Classes):
    """It gives 0 where nothing was seen."""

    def compute(self):
        return self.right / max(self.samples, 1)


@dataclass(kw_only=True, eq=False)
class Remembers(Classes):
    """Its reset forgets nothing."""

    def reset(self):
        return None


@dataclass(kw_only=True, eq=False)
class RoundsScores(Classes):
    """It rounds the scores of what it was given, in place."""

    def update(self, answers, truths):
        np.round(answers.scores, out=answers.scores)
        super().update(answers, truths)


@dataclass(kw_only=True, eq=False)
class Rounds(AbsoluteError):
    """It rounds what is true, in place."""

    def update(self, answers, truths):
        numbers = rows_of(truths)
        np.round(numbers, out=numbers)
        super().update(answers, truths)


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (MeanOfBatches, "in batches of 11, 1, 5"),
        (ZeroForNothing, "before any sample it is 0"),
        (Remembers, "after reset"),
        (RoundsScores, "written to"),
        (Rounds, "written to"),
    ],
)
def test_a_planted_fault_is_found_and_named(cls, message):
    with pytest.raises(AssertionError, match=message):
        check_metric(cls)
