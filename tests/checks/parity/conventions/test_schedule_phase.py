import math

import pytest

from nnlab.checks.parity.conventions.schedule_phase import SchedulePhase
from nnlab.optimizers.exponential_decay import ExponentialDecay
from nnlab.schedules.cosine import Cosine


@pytest.mark.parametrize(
    ("words", "factors"),
    [("counts from 1", [0.5, 0.25, 0.125]), ("one epoch later", [1.0, 1.0, 0.5])],
)
def test_a_decay_by_epoch(make, choice, words, factors):
    subject = make(rule=ExponentialDecay(decay=0.5), learning_rate=1.0)
    optimizer = choice(SchedulePhase, subject, words).optimizer.fresh()
    assert [optimizer.rate(epoch, 3) for epoch in range(3)] == factors


def test_a_cosine_that_is_over_in_the_last_epoch(make, choice):
    optimizer = choice(SchedulePhase, make(schedule=Cosine(), learning_rate=1.0), "ends in the last").optimizer
    assert optimizer.rate(0, 5) == 1
    assert math.isclose(optimizer.rate(4, 5), 0, abs_tol=1e-15)
    assert math.isclose(optimizer.rate(2, 5), 0.5)


def test_only_what_knows_the_end_can_end_otherwise(make):
    words = [words for words, _ in SchedulePhase().variants(make(rule=ExponentialDecay()))]
    assert len(words) == 2
