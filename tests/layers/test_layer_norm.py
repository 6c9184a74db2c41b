import numpy as np
import pytest

from nnlab.core.errors import ShapeError
from nnlab.layers.layer_norm import LayerNorm


def test_three_channels_by_hand(built, training):
    layer = built(LayerNorm(epsilon=1e-12), (3,))
    layer.gamma.value[:], layer.beta.value[:] = [1, 2, 3], [0, 0, 5]
    y, _ = layer.forward(np.array([[1.0, 2.0, 3.0], [70.0, 40.0, 10.0]]), ctx=training)
    # the mean is in the middle, the others -+sqrt(3/2) biased deviations from it; the epsilon moves 1e-12
    r = 1.5**0.5
    np.testing.assert_allclose(y, [[-r, 0, 5 + 3 * r], [r, 0, 5 - 3 * r]], rtol=1e-11, atol=1e-15)


def test_what_moves_or_stretches_a_place_has_no_gradient(built, training):
    layer = built(LayerNorm(epsilon=1e-12), (2, 4))
    x = np.random.default_rng(0).standard_normal((3, 2, 4))
    _, cache = layer.forward(x, ctx=training)
    (dx,) = layer.backward(np.random.default_rng(1).standard_normal(x.shape), cache, training)
    np.testing.assert_allclose(dx.sum(axis=-1), 0, atol=1e-14)
    np.testing.assert_allclose((dx * x).sum(axis=-1), 0, atol=1e-11)  # but for the epsilon


def test_each_place_of_an_image_is_by_itself(built, evaluation):
    layer = built(LayerNorm(), (3, 4, 5))
    x = np.random.default_rng(0).normal(5, 9, (6, 3, 4, 5))
    y, _ = layer.forward(x, ctx=evaluation)
    np.testing.assert_allclose(y.mean(axis=-1), 0, atol=1e-14)
    one, _ = layer.forward(np.ascontiguousarray(x[2:3, 1:2, 3:4]), ctx=evaluation)
    np.testing.assert_allclose(one[0, 0, 0], y[2, 1, 3], rtol=1e-12)  # the order of sums


def test_float32_survives_a_mean_far_from_zero(built, training):
    # The variance is that of x - mean; E[x^2] - E[x]^2 would lose it all: (1e4)^2 has a rounding of 8.
    layer = built(LayerNorm(), (500,), dtype=np.float32)
    x = (1e4 + np.random.default_rng(0).standard_normal((10, 500))).astype(np.float32)
    y, _ = layer.forward(x, ctx=training)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.std(axis=1), 1, atol=0.01)


def test_channels_that_are_alike_stay_finite(built, training):
    layer = built(LayerNorm(), (3,), dtype=np.float32)
    y, cache = layer.forward(np.full((5, 3), 7, np.float32), ctx=training)
    (dx,) = layer.backward(np.ones((5, 3), np.float32), cache, training)
    np.testing.assert_array_equal(y, np.zeros((5, 3)))
    assert np.isfinite(dx).all()


def test_gamma_and_beta_are_not_penalised(built):
    layer = built(LayerNorm(), (3,))
    assert not layer.gamma.penalised and not layer.beta.penalised


@pytest.mark.parametrize("shapes", [((1,),), ((4, 4, 1),), ((),), ((2,), (2,))])
def test_what_has_no_variance_is_refused(built, shapes):
    with pytest.raises(ShapeError, match="LayerNorm takes one input with two channels or more, got"):
        built(LayerNorm(), *shapes)
