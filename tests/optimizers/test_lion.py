import pytest

from nnlab.optimizers.lion import Lion


def test_only_the_sign_counts(walk):
    # m: 0, 0.02, 0.0098 (0.99 m + 0.01 dw); direction of the second step: 0.9 * 0.02 - 0.1 * 1 < 0
    assert walk(Lion(), [2, -1]) == pytest.approx([0.9, 1.0], rel=1e-15)


def test_the_mean_gradient_outvotes_one_that_turns_round(walk):
    places = walk(Lion(beta1=0.9, beta2=0.5), [1, 1, -0.5])
    # m after two steps: 0.75; the third direction: 0.9 * 0.75 - 0.1 * 0.5 > 0
    assert places == pytest.approx([0.9, 0.8, 0.7], rel=1e-14)


def test_a_gradient_of_zero_moves_nothing_at_first(walk):
    assert walk(Lion(), [0]) == [1.0]
