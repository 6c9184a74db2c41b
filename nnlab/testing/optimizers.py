"""What any update rule must do."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.core.component import make
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.optimizers.base import UpdateRule
from nnlab.testing.arrays import close, like, same
from nnlab.testing.options import check_options

STEPS = 6
"""Enough for what builds up from step to step (momentum, the corrections of Adam) to show."""


class Walk:
    """A value of 37 elements under a rule, with a gradient drawn anew for every step; remembers slots and step."""

    def __init__(self, rule: UpdateRule, dtype: type[np.floating] = np.float64):
        self.rule, self.step = rule, 0
        self.value: Array = Rng(6).generator().standard_normal(37).astype(dtype)
        self.slots = tuple(np.zeros_like(self.value) for _ in rule.slots)

    def gradient(self) -> Array:
        """The next gradient; some elements are exactly zero."""
        drawn: Array = Rng(7).at(self.step).generator().standard_normal(self.value.shape).astype(self.value.dtype)
        drawn[::9] = 0
        return drawn

    def go(self, *, rate: float = 0.01, cuts: tuple[int, ...] = ()) -> None:
        """One update, in pieces that end at `cuts`; scratch memory is full of NaN."""
        gradient = self.gradient()
        kept = gradient.copy()
        self.step += 1
        bounds = (0, *cuts, len(self.value))
        for start, stop in itertools.pairwise(bounds):
            part = slice(start, stop)
            scratch = (np.full_like(gradient[part], np.nan), np.full_like(gradient[part], np.nan))
            slots = tuple(slot[part] for slot in self.slots)
            self.rule.update(self.value[part], gradient[part], slots, rate=rate, step=self.step, scratch=scratch)
        same("the gradient after an update", gradient, kept)


def update_follows_its_recurrence(rule: UpdateRule) -> None:
    """Every element moves as the written recurrence says, slots included, to float64's precision."""
    worst = worst_against_recurrence(rule)
    assert worst <= 1e-12, f"update and recurrence differ by {worst:.3g} of the largest value"


def worst_against_recurrence(rule: UpdateRule) -> float:
    """How far `update` and `recurrence` are apart after some steps, relative to the largest value or slot."""
    walk = Walk(rule)
    plain = [(float(w), (0.0,) * len(rule.slots)) for w in walk.value]
    for step in range(1, STEPS + 1):
        gradient = walk.gradient()
        walk.go(rate=0.01)
        plain = [
            rule.recurrence(w, float(dw), slots, rate=0.01, step=step)
            for (w, slots), dw in zip(plain, gradient, strict=True)
        ]
    expected = [np.array([w for w, _ in plain])]
    expected += [np.array([slots[i] for _, slots in plain]) for i in range(len(rule.slots))]
    gaps = [_relative(got, wanted) for got, wanted in zip((walk.value, *walk.slots), expected, strict=True)]
    return max(gaps)


def _relative(got: Array, wanted: Array) -> float:
    gap = float(np.abs(got - wanted).max() / max(float(np.abs(wanted).max()), 1e-300))
    return gap if np.isfinite(gap) else float("inf")


def update_is_elementwise(rule: UpdateRule) -> None:
    """Pieces give the same bits as the whole, so the optimizer may hand out chunks to threads."""
    whole, pieces = Walk(rule), Walk(rule)
    for _ in range(STEPS):
        whole.go()
        pieces.go(cuts=(1, 8, 30))
    same("the value from pieces", pieces.value, whole.value)
    for name, got, expected in zip(rule.slots, pieces.slots, whole.slots, strict=True):
        same(f"slot {name} from pieces", got, expected)


def dtype_is_kept(rule: UpdateRule) -> None:
    """float32 stays float32, and follows float64 to float32's precision."""
    narrow, wide = Walk(rule, np.float32), Walk(rule)
    for _ in range(STEPS):
        narrow.go()
        wide.go()
    like("the value", narrow.value, wide.value.shape, np.float32)
    close("the value in float32", narrow.value, wide.value.astype(np.float32), 1e-4)


def rate_zero_stands_still(rule: UpdateRule) -> None:
    """A learning rate of zero moves nothing but the rule's memory."""
    walk = Walk(rule)
    before = walk.value.copy()
    for _ in range(STEPS):
        walk.go(rate=0.0)
    same("the value at rate 0", walk.value, before)


def it_descends(rule: UpdateRule) -> None:
    """On a bowl, |w|^2 / 2, it ends nearer to the bottom than a tenth of where it started."""
    value = np.array([1.0, -2.0, 0.5])
    slots = tuple(np.zeros_like(value) for _ in rule.slots)
    scratch = (np.empty_like(value), np.empty_like(value))
    start = float(np.abs(value).max())
    for step in range(1, 401):
        rule.update(value, value.copy(), slots, rate=0.02, step=step, scratch=scratch)
    end = float(np.abs(value).max())
    assert end < start / 10, f"after 400 steps down a bowl it is at {end:.3g}, having started at {start:.3g}"


OPTIMIZER_CHECKS: tuple[Callable[[UpdateRule], None], ...] = (
    update_follows_its_recurrence,
    update_is_elementwise,
    dtype_is_kept,
    rate_zero_stands_still,
    it_descends,
)
"""Every check of an update rule."""


def check_optimizer(cls: type[UpdateRule]) -> None:
    """Runs every check on every example of an update rule. Raises AssertionError: naming what is wrong."""
    for options in cls.examples():
        check_options(cls, options)
        for check in OPTIMIZER_CHECKS:
            rule: Any = make(cls, options)
            try:
                check(rule)
            except AssertionError as error:
                raise AssertionError(f"{rule!r}: {check.__name__}: {error}") from None
