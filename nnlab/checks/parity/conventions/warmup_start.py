"""Where a warm-up starts."""

from collections.abc import Iterator
from dataclasses import dataclass

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.schedules.warmup import Warmup


@dataclass(kw_only=True, eq=False)
class FromZero(Warmup):
    """factor = epoch / warmup_epochs"""

    def factor(self, epoch: int, epochs: int) -> float:
        """0 in the first epoch."""
        return epoch / self.warmup_epochs if epoch < self.warmup_epochs else super().factor(epoch, epochs)


@dataclass(kw_only=True, eq=False)
class FullInTheLast(Warmup):
    """factor = (epoch + 1) / warmup_epochs"""

    def factor(self, epoch: int, epochs: int) -> float:
        """1 in the last epoch of the warm-up."""
        return (epoch + 1) / self.warmup_epochs if epoch < self.warmup_epochs else super().factor(epoch, epochs)


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class WarmupStart(Convention):
    """Where a warm-up over k epochs starts, and when it has reached the whole rate.

    (epoch + 1) / (k + 1)       nnlab: neither 0 nor the whole rate within the warm-up
    epoch / k                   optax (linear_schedule from 0), Hugging Face: the first epoch stands still
    (epoch + 1) / k             the whole rate already in the last epoch of the warm-up
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For Warmup of an epoch or more."""
        schedule = subject.optimizer.schedule
        if type(schedule) is not Warmup or not schedule.warmup_epochs:
            return
        yield "from zero, as optax's linear schedule", subject.with_rule(schedule=FromZero(**schedule.options()))
        yield (
            "the whole rate in the last epoch of the warm-up",
            subject.with_rule(schedule=FullInTheLast(**schedule.options())),
        )
