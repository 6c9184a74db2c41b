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


def test_golden_values_before_a_cosine():
    golden = {0: 1.66667e-4, 4: 8.33333e-4, 5: 1e-3, 20: 7.5e-4, 49: 1.218e-6}  # 50 epochs at a rate of 1e-3
    schedule = Warmup(warmup_epochs=5, then="Cosine")
    assert {epoch: 1e-3 * schedule.factor(epoch, 50) for epoch in golden} == pytest.approx(golden, rel=1e-3)


def test_other_kinds_of_rise():
    constant, exponential = (Warmup(warmup_epochs=3, warmup_kind=kind) for kind in ("constant", "exponential"))
    assert [constant.factor(epoch, 9) for epoch in range(4)] == pytest.approx([0.25, 0.25, 0.25, 1])
    assert [exponential.factor(epoch, 9) for epoch in range(4)] == pytest.approx(
        [0.25, 4 ** (-2 / 3), 4 ** (-1 / 3), 1]
    )
