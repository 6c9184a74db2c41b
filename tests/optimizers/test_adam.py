import math

import pytest

from nnlab.core.errors import UsageError
from nnlab.optimizers.adam import Adam


def test_two_steps_by_hand(walk):
    # step 1: mhat = 2, vhat = 4, so the move is the rate whatever the gradient's size
    # step 2: m = 0.9 * 0.2 - 0.1 = 0.08, mhat = 0.08 / 0.19; v = 0.999 * 0.004 + 0.001 = 0.004996, vhat = v / 0.001999
    first = 1 - 0.1 * 2 / (2 + 1e-8)
    second = first - 0.1 * (0.08 / 0.19) / (math.sqrt(0.004996 / 0.001999) + 1e-8)
    assert walk(Adam(), [2, -1]) == pytest.approx([first, second], rel=1e-13)


def test_epsilon_is_added_to_the_corrected_root(walk):
    # with a gradient as small as epsilon it halves the first step
    assert walk(Adam(epsilon=1e-3), [1e-3]) == pytest.approx([1 - 0.1 / 2], rel=1e-13)


@pytest.mark.parametrize("options", [{"beta1": 1.0}, {"beta2": -0.1}, {"epsilon": 0.0}])
def test_options_outside_their_range_are_refused(options):
    with pytest.raises(UsageError, match=rf"Adam\.{next(iter(options))}"):
        Adam(**options)
