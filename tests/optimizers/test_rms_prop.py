import math

import pytest

from nnlab.core.errors import UsageError
from nnlab.optimizers.rms_prop import RMSProp


def test_two_steps_by_hand(walk):
    # v: 0.1 * 4 = 0.4, 0.9 * 0.4 + 0.1 * 1 = 0.46
    first = 1 - 0.1 * 2 / (math.sqrt(0.4) + 1e-8)
    second = first + 0.1 / (math.sqrt(0.46) + 1e-8)
    assert walk(RMSProp(decay=0.9), [2, -1]) == pytest.approx([first, second], rel=1e-14)


def test_a_gradient_of_zero_moves_nothing(walk):
    assert walk(RMSProp(), [0.0, 0.0]) == [1, 1]


def test_a_decay_of_nan_is_refused():
    with pytest.raises(UsageError, match=r"RMSProp\.decay"):
        RMSProp(decay=float("nan"))
