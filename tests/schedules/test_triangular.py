import pytest

from nnlab.schedules.triangular import Triangular

GOLDEN = {0: 0, 2: 0.5, 4: 1, 6: 0.5, 8: 0, 12: 0.5, 20: 0.25}
"""Half a cycle of 4 that begins at 0, each peak half of the one before."""


def test_golden_values():
    assert {epoch: Triangular(half_cycle=4, first=0).factor(epoch, 24) for epoch in GOLDEN} == pytest.approx(GOLDEN)


def test_it_begins_where_it_is_told_and_keeps_its_peaks_where_it_is_asked():
    schedule = Triangular(half_cycle=2, first=0.2, undamped=True)
    assert [schedule.factor(epoch, 9) for epoch in range(9)] == pytest.approx([0.2, 0.6, 1, 0.6, 0.2, 0.6, 1, 0.6, 0.2])
