import pytest

from nnlab.core.errors import UsageError
from nnlab.optimizers.momentum import Momentum


def test_two_steps_by_hand(walk):
    # v: 2, 0.9 * 2 - 1 = 0.8
    assert walk(Momentum(decay=0.9), [2, -1]) == pytest.approx([0.8, 0.72], rel=1e-15)


def test_on_a_steady_slope_steps_grow_tenfold(walk):
    places = walk(Momentum(decay=0.9), [1] * 300)
    assert places[-2] - places[-1] == pytest.approx(0.1 / (1 - 0.9), rel=1e-9)  # 0.9^300 is 2e-14


def test_a_velocity_that_never_fades_is_refused():
    with pytest.raises(UsageError, match=r"Momentum\.decay: must be below 1"):
        Momentum(decay=1.0)


def test_nesterovs_form_steps_ahead(walk):
    # v: 2, 0.8; steps: 2 + 0.9 * 2 = 3.8, -1 + 0.9 * 0.8 = -0.28
    assert walk(Momentum(decay=0.9, nesterov=True), [2, -1]) == pytest.approx([0.62, 0.648], rel=1e-14)
