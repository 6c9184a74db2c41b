"""Schedules with one mistake each: the public check has to name it."""

from dataclasses import dataclass, field

import pytest

from nnlab.schedules.base import Schedule
from nnlab.testing import check_schedule


@dataclass(kw_only=True, eq=False)
class Counts(Schedule):
    """It counts calls instead of looking at the epoch."""

    calls: int = field(init=False, repr=False, default=0)

    def factor(self, epoch, epochs):
        self.calls += 1
        return 1 / self.calls


@dataclass(kw_only=True, eq=False)
class Negative(Schedule):
    """It falls below zero."""

    def factor(self, epoch, epochs):
        return 1 - 2 * epoch / epochs


@dataclass(kw_only=True, eq=False)
class NothingInOneEpoch(Schedule):
    """It learns nothing in a run of one epoch."""

    def factor(self, epoch, epochs):
        return epoch / epochs


@dataclass(kw_only=True, eq=False)
class WholeNumbers(Schedule):
    """It gives an int."""

    def factor(self, epoch, epochs):
        return 1


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (Counts, "asked before"),
        (Negative, "negative or not finite"),
        (NothingInOneEpoch, "every factor is 0"),
        (WholeNumbers, "factors are int, not float"),
    ],
)
def test_a_planted_fault_is_found_and_named(cls, message):
    with pytest.raises(AssertionError, match=message):
        check_schedule(cls)
