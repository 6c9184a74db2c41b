"""What any schedule must do."""

import math
from collections.abc import Callable
from typing import Any

from nnlab.core.component import make
from nnlab.schedules.base import Schedule
from nnlab.testing.options import check_options

RUNS = (1, 2, 7, 100)
"""Lengths of runs, in epochs."""


def factors_are_usable(schedule: Schedule) -> None:
    """Every factor is a finite float of at least zero, in runs of any length, and not all are zero."""
    for epochs in RUNS:
        factors = [schedule.factor(epoch, epochs) for epoch in range(epochs)]
        for epoch, factor in enumerate(factors):
            assert type(factor) is float, f"epoch {epoch} of {epochs}: the factor is a {type(factor).__name__}"
            assert math.isfinite(factor) and factor >= 0, f"epoch {epoch} of {epochs}: the factor is {factor}"
        assert any(factors), f"in a run of {epochs} epochs every factor is 0: nothing would be learnt"


def factor_has_no_memory(schedule: Schedule) -> None:
    """An epoch's factor is the same whenever it is asked for, so a resumed run goes on as it would have."""
    forwards = [schedule.factor(epoch, 20) for epoch in range(20)]
    backwards = [schedule.factor(epoch, 20) for epoch in reversed(range(20))]
    assert forwards == backwards[::-1], "the factors depend on the order in which epochs are asked for"


SCHEDULE_CHECKS: tuple[Callable[[Schedule], None], ...] = (factors_are_usable, factor_has_no_memory)
"""Every check of a schedule."""


def check_schedule(cls: type[Schedule]) -> None:
    """Runs every check on every example of a schedule. Raises AssertionError: naming what is wrong."""
    for options in cls.examples():
        check_options(cls, options)
        for check in SCHEDULE_CHECKS:
            schedule: Any = make(cls, options)
            try:
                check(schedule)
            except AssertionError as error:
                raise AssertionError(f"{schedule!r}: {check.__name__}: {error}") from None
