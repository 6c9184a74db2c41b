"""Update rules with one mistake each: the public check has to name it."""

from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.optimizers.adam import Adam
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.momentum import Momentum
from nnlab.testing import check_optimizer


@dataclass(kw_only=True, eq=False)
class NoCorrection(Adam):
    """It leaves out the corrections for having started at zero."""

    def update(self, value, grad, slots, *, rate, step, scratch):
        super().update(value, grad, slots, rate=rate, step=10**6, scratch=scratch)


@dataclass(kw_only=True, eq=False)
class Ascends(Constant):
    """It goes uphill, and its recurrence with it."""

    def update(self, value, grad, slots, *, rate, step, scratch):
        value += np.multiply(grad, rate, out=scratch[0])

    def recurrence(self, w, dw, slots, *, rate, step):
        return w + rate * dw, ()


@dataclass(kw_only=True, eq=False)
class LooksAtTheWholeArray(Constant):
    """It moves by the gradient's share of its largest element: not elementwise."""

    def update(self, value, grad, slots, *, rate, step, scratch):
        value -= rate * grad / max(np.abs(grad).max(), 1e-30)

    def recurrence(self, w, dw, slots, *, rate, step):
        return None


@dataclass(kw_only=True, eq=False)
class SpoilsTheGradient(Momentum):
    """It writes its result into the gradient."""

    def update(self, value, grad, slots, *, rate, step, scratch):
        (v,) = slots
        v *= self.decay
        v += grad
        np.multiply(v, rate, out=grad)
        value -= grad


@dataclass(kw_only=True, eq=False)
class Unwritten(UpdateRule):
    """A fair rule whose recurrence nobody wrote down."""

    def update(self, value, grad, slots, *, rate, step, scratch):
        value -= np.multiply(grad, rate, out=scratch[0])


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (NoCorrection, "recurrence"),
        (Ascends, "down a bowl"),
        (LooksAtTheWholeArray, "recurrence"),
        (SpoilsTheGradient, "gradient"),
        (Unwritten, "does not write its recurrence down"),
    ],
)
def test_a_planted_fault_is_found_and_named(cls, message):
    with np.errstate(all="ignore"), pytest.raises(AssertionError, match=message):
        check_optimizer(cls)
