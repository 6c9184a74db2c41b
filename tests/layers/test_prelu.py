import numpy as np
import pytest

from nnlab.core.errors import ShapeError
from nnlab.layers.prelu import PReLU


def test_a_slope_for_each_channel_by_hand(built, training):
    layer = built(PReLU(), (2,))
    layer.alpha.value[:] = [0.5, -2]
    x = np.array([[-2.0, 8.0], [4.0, -4.0], [0.0, 0.0]])
    y, cache = layer.forward(x, ctx=training)
    np.testing.assert_array_equal(y, [[-1, 8], [4, 8], [0, 0]])
    (dx,) = layer.backward(np.full_like(x, 10), cache, training)
    np.testing.assert_array_equal(dx, [[5, 10], [10, -20], [5, -20]])  # the left slope at 0
    np.testing.assert_array_equal(layer.alpha.grad, [-20, -40])


def test_one_slope_for_all(built, training):
    layer = built(PReLU(shared=True, start=0.5), (1, 2, 2))
    y, cache = layer.forward(np.array([[[[-2.0, 8.0], [4.0, -4.0]]]]), ctx=training)
    np.testing.assert_array_equal(y, [[[[-1, 8], [4, -2]]]])
    layer.backward(np.ones((1, 1, 2, 2)), cache, training)
    np.testing.assert_array_equal(layer.alpha.grad, [-6])


@pytest.mark.parametrize("shape", [(40, 33, 31, 7), (3, 64, 64, 32), (2, 5, 3, 700)])
def test_large_images_are_as_the_formula_says(built, training, shape):
    """Cut into groups and wide rows, whatever divides them."""
    layer, generator = built(PReLU(), shape[1:], dtype=np.float32), np.random.default_rng(0)
    layer.alpha.value[:] = generator.standard_normal(shape[-1])
    x, dy = generator.standard_normal((2, *shape), dtype=np.float32)
    y, cache = layer.forward(x, ctx=training)
    np.testing.assert_array_equal(y, np.where(x > 0, x, layer.alpha.value * x))
    (dx,) = layer.backward(dy, cache, training)
    np.testing.assert_array_equal(dx, np.where(x > 0, dy, layer.alpha.value * dy))
    expected = (dy * np.minimum(x, 0)).sum(axis=(0, 1, 2), dtype=np.float64)
    scale = np.abs(dy * np.minimum(x, 0)).sum(axis=(0, 1, 2))
    assert (np.abs(layer.alpha.grad - expected) < 1e-6 * scale).all()  # float32 sums of groups


def test_the_slopes_are_not_penalised(built):
    assert not built(PReLU(), (3,)).alpha.penalised


@pytest.mark.parametrize("shapes", [(), ((),), ((2, 0),), ((2,), (2,))])
def test_what_has_no_channels_is_refused(built, shapes):
    with pytest.raises(ShapeError, match="PReLU takes one input with channels, got"):
        built(PReLU(), *shapes)
