import numpy as np
import pytest

from nnlab.core.errors import ShapeError
from nnlab.layers.batch_norm import BatchNorm


def test_three_numbers_by_hand(built, training):
    layer = built(BatchNorm(epsilon=1e-12), (1,))
    layer.gamma.value[:], layer.beta.value[:] = 3, 5
    y, _ = layer.forward(np.array([[1.0], [2.0], [3.0]]), ctx=training)
    # mean 2, biased variance 2/3, so xhat = -+sqrt(3/2); the epsilon moves it by 1e-12
    np.testing.assert_allclose(y, [[5 - 3 * 1.5**0.5], [5], [5 + 3 * 1.5**0.5]], rtol=1e-11)


def test_running_statistics_move_in_observe_with_the_unbiased_variance(built, training):
    layer = built(BatchNorm(momentum=0.9), (1,))
    _, cache = layer.forward(np.array([[1.0], [2.0], [3.0]]), ctx=training)
    np.testing.assert_array_equal(layer.running_mean.value, [0])
    layer.observe(cache)
    np.testing.assert_allclose(layer.running_mean.value, [0.1 * 2], rtol=1e-15)
    np.testing.assert_allclose(layer.running_variance.value, [0.9 * 1 + 0.1 * 1], rtol=1e-15)  # 2 / (3 - 1)
    layer.observe(cache)
    np.testing.assert_allclose(layer.running_mean.value, [0.9 * 0.2 + 0.2], rtol=1e-15)


def test_evaluation_uses_the_running_statistics(built, evaluation):
    layer = built(BatchNorm(epsilon=1e-12), (1,))
    layer.running_mean.value[:], layer.running_variance.value[:] = 1, 4
    y, cache = layer.forward(np.array([[5.0]]), ctx=evaluation)
    np.testing.assert_allclose(y, [[2]], rtol=1e-12)
    (dx,) = layer.backward(np.array([[1.0]]), cache, evaluation)
    np.testing.assert_allclose(dx, [[0.5]], rtol=1e-12)
    layer.observe(cache)
    np.testing.assert_array_equal(layer.running_mean.value, [1])


def test_running_statistics_of_many_batches_approach_those_of_the_data(built, training):
    layer = built(BatchNorm(), (2,))
    generator = np.random.default_rng(0)
    for _ in range(200):
        _, cache = layer.forward(generator.normal([3, -1], [2, 0.5], (500, 2)), ctx=training)
        layer.observe(cache)
    # about 20 batches count: 10,000 samples, so a mean within 5 standard errors is within 0.1
    np.testing.assert_allclose(layer.running_mean.value, [3, -1], atol=0.1)
    np.testing.assert_allclose(layer.running_variance.value, [4, 0.25], rtol=0.1)


def test_images_are_normalised_per_channel_over_all_pixels(built, training):
    layer = built(BatchNorm(), (3, 4, 2))
    x = np.random.default_rng(0).normal([5, -5], [2, 9], (6, 3, 4, 2))
    y, _ = layer.forward(x, ctx=training)
    assert layer.gamma.value.shape == (2,)
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), [0, 0], atol=1e-12)
    np.testing.assert_allclose(y.std(axis=(0, 1, 2)), [1, 1], rtol=1e-5)  # the epsilon


def test_a_constant_feature_stays_finite(built, training):
    layer = built(BatchNorm(), (2,), dtype=np.float32)
    y, cache = layer.forward(np.full((5, 2), 7, np.float32), ctx=training)
    (dx,) = layer.backward(np.ones((5, 2), np.float32), cache, training)
    np.testing.assert_array_equal(y, np.zeros((5, 2), np.float32))
    assert np.isfinite(dx).all()


def test_float32_survives_a_mean_far_from_zero(built, training):
    # The variance is that of x - mean; E[x^2] - E[x]^2 would lose it all: (1e4)^2 has a rounding of 8.
    layer = built(BatchNorm(), (1,), dtype=np.float32)
    x = (1e4 + np.random.default_rng(0).standard_normal((1000, 1))).astype(np.float32)
    y, _ = layer.forward(x, ctx=training)
    assert y.dtype == np.float32
    assert y.std() == pytest.approx(1, abs=0.01)


def test_one_sample_cannot_be_trained_on(built, training):
    layer = built(BatchNorm(), (3,))
    with pytest.raises(ShapeError, match=r"layer: a batch of one sample .*--max-minibatch-size") as error:
        layer.forward(np.ones((1, 3)), ctx=training)
    assert error.value.exit_code == 2


def test_one_image_can_be_trained_on(built, training):
    y, _ = built(BatchNorm(), (2, 2, 3)).forward(np.random.default_rng(0).random((1, 2, 2, 3)), ctx=training)
    assert np.isfinite(y).all()


def test_one_sample_can_be_scored(built, evaluation):
    y, _ = built(BatchNorm(), (3,)).forward(np.ones((1, 3)), ctx=evaluation)
    np.testing.assert_allclose(y, np.ones((1, 3)), rtol=1e-5)  # the epsilon


def test_gamma_and_beta_are_not_penalised(built):
    layer = built(BatchNorm(), (3,))
    assert not layer.gamma.penalised
    assert not layer.beta.penalised
