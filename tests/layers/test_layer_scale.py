import numpy as np
import pytest

from nnlab.core.errors import ShapeError
from nnlab.layers.layer_scale import LayerScale


def test_by_hand(built, training):
    layer = built(LayerScale(start=0.5), (2,))
    np.testing.assert_array_equal(layer.gamma.value, [0.5, 0.5])
    layer.gamma.value[:] = [2, -1]
    x = np.array([[1.0, 3.0], [-4.0, 0.5]])
    y, cache = layer.forward(x, ctx=training)
    np.testing.assert_array_equal(y, [[2, -3], [-8, -0.5]])
    (dx,) = layer.backward(np.array([[1.0, 1.0], [10.0, 2.0]]), cache, training)
    np.testing.assert_array_equal(dx, [[2, -1], [20, -2]])
    np.testing.assert_array_equal(layer.gamma.grad, [-39, 4])


def test_what_has_no_channels_is_refused(built):
    with pytest.raises(ShapeError, match="one input with channels"):
        built(LayerScale(), ())
