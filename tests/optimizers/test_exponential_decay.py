import pytest

from nnlab.core.errors import UsageError
from nnlab.optimizers.exponential_decay import ExponentialDecay


def test_the_decay_is_left_to_its_schedule(walk):
    assert walk(ExponentialDecay(decay=0.5), [2, 2]) == pytest.approx([0.8, 0.6], rel=1e-15)
    assert ExponentialDecay(decay=0.5).schedule().factor(3, 10) == 0.125


def test_a_decay_that_leaves_nothing_is_refused():
    with pytest.raises(UsageError, match=r"ExponentialDecay\.decay: must be above 0"):
        ExponentialDecay(decay=0.0)
