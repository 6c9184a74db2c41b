import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.losses.dice import Dice, SoftmaxDice

P = np.array([0.8, 0.6, 0.4, 0.2]).reshape(1, 4, 1)
Y = np.array([1.0, 1.0, 0.0, 0.0]).reshape(1, 4, 1)


def test_golden_value():
    """1 - 2 * 1.4 / (2 + 2)."""
    loss, dp = Dice(smooth=0.0)(P, Target(Y), Context())
    assert loss == pytest.approx(0.3, rel=1e-15)
    np.testing.assert_allclose(dp.ravel(), [2.8 / 16 - 0.5, 2.8 / 16 - 0.5, 2.8 / 16, 2.8 / 16], rtol=1e-14)


def test_smooth_is_added_above_and_below():
    assert Dice(smooth=1.0)(P, Target(Y), Context())[0] == pytest.approx(1 - (2.8 + 1) / (4 + 1), rel=1e-15)


def test_a_class_that_is_neither_there_nor_said_to_be_is_right():
    loss, dp = Dice(smooth=0.0)(np.zeros((1, 4, 1)), Target(np.zeros((1, 4, 1))), Context())
    assert loss == 0
    np.testing.assert_array_equal(dp, 0)


def test_places_without_weight_are_not_there():
    weight = np.array([1.0, 1.0, 1.0, 0.0]).reshape(1, 4, 1)
    loss, dp = Dice(smooth=0.0)(P, Target(Y, weight), Context())
    assert loss == pytest.approx(Dice(smooth=0.0)(P[:, :3], Target(Y[:, :3]), Context())[0], rel=1e-15)
    assert dp[0, 3, 0] == 0


def test_each_sample_and_class_counts_the_same_whatever_its_size():
    """A thing of one place that is missed costs as much as one of three."""
    y = np.zeros((1, 4, 2))
    y[0, :3, 0], y[0, 3, 1] = 1, 1
    missed = [np.where(np.arange(2) == which, 0.0, y) for which in (0, 1)]
    assert [Dice(smooth=0.0)(p, Target(y), Context())[0] for p in missed] == [0.5, 0.5]


def test_of_logits_it_keeps_its_smooth():
    other = Dice(smooth=0.5).of("logits")
    assert isinstance(other, SoftmaxDice) and other.smooth == 0.5


@pytest.mark.parametrize("ahead", [30.0, 300.0])
def test_what_is_nearly_sure_keeps_its_digits(ahead):
    """Of two classes and one place, where the wrong one has the probability e: p = 1 - e, l = e / (p + 1 + smooth)."""
    z = np.array([[ahead, 0.0]])
    e = np.exp(-ahead) / (1 + np.exp(-ahead))
    loss, dz = SoftmaxDice(smooth=0.0)(z, Target(np.array([[1.0, 0.0]])), Context())
    assert loss == pytest.approx((e / (2 - e) + 1.0) / 2, rel=1e-13)  # a class that is not there is all wrong
    loss, dz = SoftmaxDice(smooth=1.0)(z, Target(np.array([[1.0, 0.0]])), Context())
    assert loss == pytest.approx((e / (3 - e) + e / (1 + e)) / 2, rel=1e-13)
    slope = e * (1 - e) * (3 / (3 - e) ** 2 + 1 / (1 + e) ** 2) / 2
    np.testing.assert_allclose(dz, [[-slope, slope]], rtol=1e-13)
