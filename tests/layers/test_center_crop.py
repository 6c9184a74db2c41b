import numpy as np
import pytest

from nnlab.core.errors import ShapeError
from nnlab.layers.center_crop import CenterCrop


def test_an_odd_row_more_is_cut_off_at_the_end(built, training):
    layer = built(CenterCrop(size=(2, 2)), (5, 4, 1))
    x = np.arange(20.0).reshape(1, 5, 4, 1)
    y, cache = layer.forward(x, ctx=training)
    np.testing.assert_array_equal(y[0, ..., 0], [[5, 6], [9, 10]])
    (dx,) = layer.backward(np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1), cache, training)
    np.testing.assert_array_equal(dx[0, ..., 0], [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 4, 0], [0, 0, 0, 0], [0, 0, 0, 0]])


def test_no_more_is_cut_out_than_there_is(built):
    with pytest.raises(ShapeError, match="cuts no 4 x 2 out of 3 x 9"):
        built(CenterCrop(size=(4, 2)), (3, 9, 1))
