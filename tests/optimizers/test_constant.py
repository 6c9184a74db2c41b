import pytest

from nnlab.optimizers.constant import Constant


def test_two_steps_by_hand(walk):
    assert walk(Constant(), [2, -1]) == pytest.approx([0.8, 0.9], rel=1e-15)
