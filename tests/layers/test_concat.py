import numpy as np
import pytest

from nnlab.core.errors import ShapeError, UsageError
from nnlab.layers.concat import Concat


def test_by_hand(training):
    y, cache = Concat().forward(np.array([[1.0, 2.0]]), np.array([[3.0]]), ctx=training)
    np.testing.assert_array_equal(y, [[1, 2, 3]])
    first, second = Concat().backward(np.array([[4.0, 5.0, 6.0]]), cache, training)
    np.testing.assert_array_equal(first, [[4, 5]])
    np.testing.assert_array_equal(second, [[6]])


@pytest.mark.parametrize(("axis", "shape"), [(1, (5, 3, 2)), (-3, (5, 3, 2))])
def test_axis_counts_with_the_batch_or_from_the_last(built, axis, shape):
    layer = Concat(axis=axis)
    assert layer.build((2, 3, 2), (3, 3, 2), new=None) == shape


def test_the_batch_cannot_be_joined():
    with pytest.raises(UsageError, match="axis 0 is the batch"):
        Concat(axis=0)


@pytest.mark.parametrize(
    ("axis", "shapes", "message"),
    [
        (-1, ((2,),), "two or more inputs"),
        (2, ((2,), (2,)), "have no axis 2"),
        (-2, ((2,), (2,)), "have no axis -2"),
        (-1, ((2, 3), (3, 3)), "alike but for that axis"),
        (-1, ((2, 3), (3,)), "alike but for that axis"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(built, axis, shapes, message):
    with pytest.raises(ShapeError, match=message):
        built(Concat(axis=axis), *shapes)
