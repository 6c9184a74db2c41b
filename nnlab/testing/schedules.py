"""What any schedule must do."""

from collections.abc import Callable

from nnlab.checks.chance_checks import schedule_findings
from nnlab.core.component import make
from nnlab.schedules.base import Schedule
from nnlab.testing.hold import hold, run
from nnlab.testing.options import check_options

RUNS = (1, 2, 7, 100)
"""Lengths of runs, in epochs."""

ScheduleClass = type[Schedule]


def options_survive(cls: ScheduleClass) -> None:
    """Options are explained, and survive saving and printing."""
    for options in cls.examples():
        check_options(cls, options)


def everything_that_nnlab_check_finds(cls: ScheduleClass) -> None:
    """Finite factors of at least zero that do not depend on the order in which they are asked for."""
    for epochs in RUNS:
        hold(schedule_findings(cls, epochs))


def something_is_learnt(cls: ScheduleClass) -> None:
    """Factors are plain floats, and in a run of any length not all are zero."""
    for options in cls.examples():
        for epochs in RUNS:
            schedule: Schedule = make(cls, options)
            factors = [schedule.factor(epoch, epochs) for epoch in range(epochs)]
            kinds = {type(factor).__name__ for factor in factors}
            assert kinds == {"float"}, f"factors are {', '.join(sorted(kinds))}, not float"
            assert any(factors), f"in a run of {epochs} epochs every factor is 0"


SCHEDULE_CHECKS: tuple[Callable[[ScheduleClass], None], ...] = (
    options_survive,
    everything_that_nnlab_check_finds,
    something_is_learnt,
)
"""Every check of a schedule."""


def check_schedule(cls: ScheduleClass) -> None:
    """Runs every check on every example of a schedule. Raises AssertionError: naming the check and what is wrong."""
    run(SCHEDULE_CHECKS, cls, cls.__name__)
