import pytest

from nnlab.schedules.cosine import Cosine


def factors(schedule, epochs):
    return [schedule.factor(epoch, epochs) for epoch in range(epochs)]


def test_half_a_cosine():
    assert factors(Cosine(), 4) == pytest.approx([1, (1 + 0.5**0.5) / 2, 0.5, (1 - 0.5**0.5) / 2], rel=1e-14)
    assert factors(Cosine(final=0.2), 2) == pytest.approx([1, 0.6], rel=1e-14)


def test_it_stays_at_its_end_beyond_the_run():
    assert Cosine(final=0.1).factor(20, 10) == pytest.approx(0.1, rel=1e-14)
