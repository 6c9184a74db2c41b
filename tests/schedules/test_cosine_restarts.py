import pytest

from nnlab.schedules.cosine_restarts import CosineRestarts


def test_cycles_grow_longer_and_peaks_fall():
    schedule = CosineRestarts(cycle_epochs=2, growth=2, damping=0.5)
    factors = [schedule.factor(epoch, 14) for epoch in range(14)]
    quarter, half = (1 + 0.5**0.5) / 2, 0.5
    assert factors[:2] == pytest.approx([1, half])
    assert factors[2:6] == pytest.approx([0.5, 0.5 * quarter, 0.5 * half, 0.5 * (1 - quarter)])
    assert factors[6] == pytest.approx(0.25)


def test_peaks_never_rise_unless_it_is_asked():
    falling = [CosineRestarts(cycle_epochs=3, growth=1).factor(epoch, 30) for epoch in range(0, 30, 3)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] < 0.01
    level = [CosineRestarts(cycle_epochs=3, growth=1, undamped=True).factor(epoch, 30) for epoch in range(0, 30, 3)]
    assert level == [1] * 10


def test_a_final_share_is_never_above_its_peak():
    schedule = CosineRestarts(cycle_epochs=1, growth=1, damping=0.1, final=0.5)
    assert [schedule.factor(epoch, 3) for epoch in range(3)] == pytest.approx([1, 0.1, 0.01])
