"""When a schedule begins, and when it ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.schedules.base import Schedule

RUN = 8
"""Epochs of a run that tells whether a schedule moves at all."""


@dataclass(kw_only=True, eq=False)
class Shifted(Schedule):
    """Another schedule, asked for another epoch.

    factor = schedule.factor(*at(epoch, epochs))
    """

    schedule: Schedule = field(repr=False)
    at: Callable[[int, int], tuple[int, int]] = field(repr=False)

    def factor(self, epoch: int, epochs: int) -> float:
        """The line above."""
        return self.schedule.factor(*self.at(epoch, epochs))


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class SchedulePhase(Convention):
    """When a schedule begins, and when it ends.

    factor(epoch), the first epoch is 0     nnlab, Keras (LearningRateScheduler), torch (step() after an epoch)
    factor(epoch + 1)                       torch with step() before an epoch; epochs that count from 1
    factor(epoch - 1), twice factor(0)      an update before its rate is set
    factor(epoch) of epochs - 1             a cosine that reaches its end in the last epoch, not after it

    The first shows at once, the others from epoch 2 on: with them a run begins in step.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For schedules that move."""
        schedule = subject.optimizer.schedule
        if schedule is None or len({schedule.factor(epoch, RUN) for epoch in range(RUN)}) == 1:
            return
        choices: dict[str, Callable[[int, int], tuple[int, int]]] = {
            "counts from 1: the first epoch has the second's rate": lambda epoch, epochs: (epoch + 1, epochs),
            "one epoch later: the second epoch has the first's rate": lambda epoch, epochs: (max(epoch - 1, 0), epochs),
            "ends in the last epoch, not after it": lambda epoch, epochs: (epoch, max(epochs - 1, 1)),
        }
        for says, at in choices.items():
            other = Shifted(schedule=schedule, at=at)
            if any(other.factor(epoch, RUN) != schedule.factor(epoch, RUN) for epoch in range(RUN)):
                yield says, subject.with_rule(schedule=other)
