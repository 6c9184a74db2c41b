"""What any update rule must do."""

from collections.abc import Callable, Iterator

import numpy as np

from nnlab.checks.optimizer_checks import optimizer_findings
from nnlab.core.component import make
from nnlab.core.types import Array
from nnlab.optimizers.base import UpdateRule
from nnlab.testing.arrays import same
from nnlab.testing.hold import hold, run
from nnlab.testing.options import check_options

RuleClass = type[UpdateRule]


def rules(cls: RuleClass) -> Iterator[UpdateRule]:
    """Every example of an update rule."""
    for options in cls.examples():
        yield make(cls, options)


def options_survive(cls: RuleClass) -> None:
    """Options are explained, and survive saving and printing."""
    for options in cls.examples():
        check_options(cls, options)


def recurrence_is_written_down(cls: RuleClass) -> None:
    """There is a plain recurrence of a single number to hold the rule against."""
    for rule in rules(cls):
        written = rule.recurrence(1.0, 0.5, (0.0,) * len(rule.slots), rate=0.01, step=1)
        lacks = f"{cls.__name__} does not write its recurrence down"
        assert written is not None, f"{lacks}; without it `nnlab check` has nothing to hold `update` against"


def everything_that_nnlab_check_finds(cls: RuleClass) -> None:
    """The written recurrence, decay and clipping around it, slices against the whole, float32."""
    hold(optimizer_findings(cls))


def rate_zero_stands_still(cls: RuleClass) -> None:
    """A learning rate of zero moves nothing but the rule's memory."""
    for rule in rules(cls):
        value = np.array([1.0, -2.0, 0.5])
        before = value.copy()
        _walk(rule, value, rate=0.0, steps=5)
        same("the value at rate 0", value, before)


def it_descends(cls: RuleClass) -> None:
    """On a bowl, |w|^2 / 2, it ends nearer to the bottom than a tenth of where it started."""
    for rule in rules(cls):
        value = np.array([1.0, -2.0, 0.5])
        _walk(rule, value, rate=0.02, steps=400)
        end = float(np.abs(value).max())
        assert end < 0.2, f"after 400 steps down a bowl it is at {end:.3g}, having started at 2"


def _walk(rule: UpdateRule, value: Array, *, rate: float, steps: int) -> None:
    slots = tuple(np.zeros_like(value) for _ in rule.slots)
    scratch = (np.empty_like(value), np.empty_like(value))
    for step in range(1, steps + 1):
        rule.update(value, value.copy(), slots, rate=rate, step=step, scratch=scratch)


OPTIMIZER_CHECKS: tuple[Callable[[RuleClass], None], ...] = (
    options_survive,
    recurrence_is_written_down,
    everything_that_nnlab_check_finds,
    rate_zero_stands_still,
    it_descends,
)
"""Every check of an update rule."""


def check_optimizer(cls: RuleClass) -> None:
    """Runs every check on every example of a rule. Raises AssertionError: naming the check and what is wrong."""
    run(OPTIMIZER_CHECKS, cls, cls.__name__)
