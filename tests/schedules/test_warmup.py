import pytest

from nnlab.core.errors import UsageError
from nnlab.schedules.warmup import Warmup


def factors(schedule, epochs):
    return [schedule.factor(epoch, epochs) for epoch in range(epochs)]


def test_it_rises_in_equal_steps_then_follows_another():
    assert factors(Warmup(warmup_epochs=3), 5) == [0.25, 0.5, 0.75, 1, 1]
    assert factors(Warmup(warmup_epochs=2, then="cosine"), 4) == pytest.approx([1 / 3, 2 / 3, 1, 0.5], rel=1e-14)
    assert factors(Warmup(warmup_epochs=0), 2) == [1, 1]


def test_it_may_be_longer_than_the_run():
    assert factors(Warmup(warmup_epochs=9), 2) == [0.1, 0.2]


@pytest.mark.parametrize(("then", "message"), [("Cosin", "Cosine"), ("warmup", r"Warmup\.then")])
def test_what_cannot_follow_is_refused_when_it_is_made(then, message):
    with pytest.raises(UsageError, match=message):
        Warmup(then=then)
