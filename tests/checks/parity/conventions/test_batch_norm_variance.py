import numpy as np
import pytest

from nnlab.checks.parity.conventions.batch_norm_variance import BatchNormVariance, DividesByUnbiased, KeepsBiased
from nnlab.layers.batch_norm import BatchNorm
from nnlab.testing.layers import everything_that_nnlab_check_finds

X = np.random.default_rng(0).normal(size=(5, 6))


def test_keeps_the_biased_one(only, choice, through):
    subject = choice(BatchNormVariance, only(BatchNorm(momentum=0.8)), "biased variance is kept")
    y, _ = through(subject, X, np.ones_like(X))
    plain, _ = through(only(BatchNorm(momentum=0.8)), X, np.ones_like(X))
    np.testing.assert_array_equal(y, plain)
    kept = subject.graph.state()["it.running_variance"]
    np.testing.assert_allclose(kept, 0.8 * 1 + 0.2 * X.var(axis=0), rtol=1e-14)


def test_normalises_by_the_unbiased_one_in_training(only, choice, through):
    subject = choice(BatchNormVariance, only(BatchNorm(epsilon=1e-3)), "n - 1")
    y, _ = through(subject, X, np.ones_like(X))
    np.testing.assert_allclose(y, (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0, ddof=1) + 1e-3), rtol=1e-12)
    (layer,) = subject.layers(DividesByUnbiased)
    layer.running_variance.value[:] = 4.0
    y, _ = through(subject, X, np.ones_like(X), training=False)
    np.testing.assert_allclose(y, (X - layer.running_mean.value) / np.sqrt(4.001), rtol=1e-12)


@pytest.mark.parametrize("cls", [KeepsBiased, DividesByUnbiased], ids=lambda cls: cls.__name__)
def test_gradients_are_right(cls):
    everything_that_nnlab_check_finds(cls)
