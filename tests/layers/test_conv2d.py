import numpy as np
import pytest

from nnlab.core.errors import ShapeError
from nnlab.layers.conv2d import Conv2d


def test_three_by_three_by_hand(built, training):
    """A kernel of 2 x 2 over 3 x 3 pixels, as one would on paper."""
    layer = built(Conv2d(maps=1, kernel=2, padding="valid"), (3, 3, 1))
    layer.weight.value[:, :, 0, 0] = [[1, 2], [3, 4]]
    layer.shift.value[:] = 10
    x = np.arange(1.0, 10).reshape(1, 3, 3, 1)
    y, cache = layer.forward(x, ctx=training)
    np.testing.assert_array_equal(y[0, :, :, 0], [[1 + 4 + 12 + 20 + 10, 57], [77, 87]])
    (dx,) = layer.backward(np.array([[1.0, 0], [0, 2]]).reshape(1, 2, 2, 1), cache, training)
    np.testing.assert_array_equal(layer.weight.grad[:, :, 0, 0], [[1 + 2 * 5, 2 + 2 * 6], [4 + 2 * 8, 5 + 2 * 9]])
    np.testing.assert_array_equal(layer.shift.grad, [3])
    np.testing.assert_array_equal(dx[0, :, :, 0], [[1, 2, 0], [3, 4 + 2, 4], [0, 6, 8]])


def test_it_correlates_it_does_not_flip_and_height_comes_before_width(built, training):
    layer = built(Conv2d(maps=1, kernel=(1, 3), padding="same", bias=False), (2, 4, 1))
    layer.weight.value[0, :, 0, 0] = [0, 0, 1]  # what stands to the right
    x = np.arange(8.0).reshape(1, 2, 4, 1)
    y, _ = layer.forward(x, ctx=training)
    np.testing.assert_array_equal(y[0, :, :, 0], [[1, 2, 3, 0], [5, 6, 7, 0]])


def test_groups_see_their_own_channels_only(built, training):
    layer = built(Conv2d(maps=2, kernel=1, groups=2, bias=False), (1, 1, 4))
    layer.weight.value[0, 0] = [[1, 100], [10, 1000]]
    y, _ = layer.forward(np.array([1.0, 2, 3, 4]).reshape(1, 1, 1, 4), ctx=training)
    np.testing.assert_array_equal(y.ravel(), [1 + 20, 300 + 4000])


def test_the_odd_row_of_same_is_at_the_end(built, training):
    layer = built(Conv2d(maps=1, kernel=2, stride=2, padding="same", bias=False), (3, 3, 1))
    layer.weight.value[:] = 1
    y, _ = layer.forward(np.arange(1.0, 10).reshape(1, 3, 3, 1), ctx=training)
    np.testing.assert_array_equal(y[0, :, :, 0], [[1 + 2 + 4 + 5, 3 + 6], [7 + 8, 9]])


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        ({"maps": 2}, (12,), r"Conv2d takes one image .* got \(12,\)"),
        ({"maps": 4, "groups": 3}, (4, 4, 6), "3 groups do not divide 4 maps"),
        ({"maps": 4, "groups": 4}, (4, 4, 6), "4 groups do not divide 6 channels"),
        ({"maps": 2, "kernel": 7, "padding": 1}, (4, 4, 1), "a kernel that reaches over 7 does not fit into 4"),
    ],
)
def test_what_does_not_fit_is_said(built, options, shape, message):
    with pytest.raises(ShapeError, match=message):
        built(Conv2d(**options), shape)
