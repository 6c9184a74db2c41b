import pytest

from nnlab.schedules.polynomial import Polynomial


def test_a_straight_line_and_a_square():
    assert [Polynomial().factor(epoch, 4) for epoch in range(4)] == [1, 0.75, 0.5, 0.25]
    assert [Polynomial(power=2, final=0.2).factor(epoch, 2) for epoch in range(2)] == pytest.approx([1, 0.4], rel=1e-14)


def test_it_stays_at_its_end_beyond_the_run():
    assert Polynomial(final=0.1).factor(20, 10) == pytest.approx(0.1, rel=1e-14)
