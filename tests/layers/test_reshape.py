import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.errors import ShapeError, UsageError
from nnlab.layers.reshape import Reshape


def test_the_order_is_kept_and_nothing_copied(built, training):
    x = np.arange(24.0).reshape(2, 12)
    layer = built(Reshape(shape=(2, -1, 3)), (12,))
    y, cache = layer.forward(x, ctx=training)
    assert y.shape == (2, 2, 2, 3) and np.shares_memory(x, y)
    np.testing.assert_array_equal(y[1, 1, 0], [18, 19, 20])
    (dx,) = layer.backward(y, cache, training)
    np.testing.assert_array_equal(dx, x)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((5,), r"\(3, 4\) does not fit into \(5,\), which wants 5 values and not 12"),
        ((5, -1), r"\(3, 4\) does not fit into \(5, -1\), which wants a multiple of 5 values and not 12"),
    ],
)
def test_what_does_not_fit_is_refused(built, shape, said):
    with pytest.raises(ShapeError, match=rf"Reshape\.shape: {said}"):
        built(Reshape(shape=shape), (3, 4))


@pytest.mark.parametrize("shape", ["0,3", "-1,-1", "-2"])
def test_sizes_that_mean_nothing_are_refused(shape):
    with pytest.raises(UsageError, match=r"Reshape\.shape"):
        make(Reshape, {"shape": shape})


def test_two_inputs_are_refused(built):
    with pytest.raises(ShapeError, match=r"Reshape takes one input, got \(2,\) and \(2,\)"):
        built(Reshape(shape=(2,)), (2,), (2,))
