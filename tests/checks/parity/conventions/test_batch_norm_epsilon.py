import numpy as np
import pytest

from nnlab.checks.parity.conventions.batch_norm_epsilon import AddedToRoot, BatchNormEpsilon
from nnlab.layers.batch_norm import BatchNorm
from nnlab.testing.layers import everything_that_nnlab_check_finds

X = np.random.default_rng(0).normal(size=(5, 6)) * [1, 1, 0.1, 0.01, 1e-3, 1e-4]
CENTRED, VARIANCE = X - X.mean(axis=0), X.var(axis=0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("default of Keras", CENTRED / np.sqrt(VARIANCE + 1e-3)),
        ("default of torch", CENTRED / np.sqrt(VARIANCE + 1e-5)),
        ("added to the root", CENTRED / (np.sqrt(VARIANCE) + 1e-4)),
    ],
)
def test_each_is_its_formula(only, choice, through, words, expected):
    subject = choice(BatchNormEpsilon, only(BatchNorm(epsilon=1e-4)), words)
    np.testing.assert_allclose(through(subject, X, np.ones_like(X))[0], expected, rtol=1e-9, atol=1e-12)


def test_gradients_are_right():
    everything_that_nnlab_check_finds(AddedToRoot)


def test_a_constant_feature_has_a_gradient_of_zero_through_the_root(only, choice, through):
    subject = choice(BatchNormEpsilon, only(BatchNorm()), "added to the root")
    _, dx = through(subject, np.ones((4, 6)), np.arange(24.0).reshape(4, 6))
    assert np.isfinite(dx).all()
