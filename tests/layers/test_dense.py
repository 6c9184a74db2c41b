import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.errors import ShapeError, UsageError
from nnlab.layers.dense import Dense


@pytest.fixture
def dense(built):
    layer = built(Dense(units=2), (2,))
    layer.weight.value[:] = [[1, 2], [3, 4]]
    layer.shift.value[:] = [10, 20]
    return layer


def test_two_by_two_by_hand(dense, training):
    x = np.array([[1.0, 0.0], [2.0, -1.0]])
    y, cache = dense.forward(x, ctx=training)
    np.testing.assert_array_equal(y, [[11, 22], [9, 20]])  # whole numbers: exact
    (dx,) = dense.backward(np.array([[1.0, 0.0], [0.0, 2.0]]), cache, training)
    np.testing.assert_array_equal(dense.weight.grad, [[1, 4], [0, -2]])
    np.testing.assert_array_equal(dense.shift.grad, [1, 2])
    np.testing.assert_array_equal(dx, [[1, 3], [4, 8]])


def test_without_bias_there_is_no_parameter_for_it(built, training):
    layer = built(Dense(units=3, bias=False), (2,))
    assert layer.shift is None
    y, _ = layer.forward(np.zeros((4, 2)), ctx=training)
    np.testing.assert_array_equal(y, np.zeros((4, 3)))


def test_weight_is_penalised_and_bias_is_not(dense):
    assert (dense.weight.name, dense.weight.penalised) == ("layer.weight", True)
    assert (dense.shift.name, dense.shift.penalised) == ("layer.bias", False)


def test_bias_starts_at_zero_and_weights_as_the_initializer_says(built):
    layer = built(Dense(units=3, initializer="one"), (2,))
    np.testing.assert_array_equal(layer.weight.value, np.ones((2, 3)))
    np.testing.assert_array_equal(layer.shift.value, np.zeros(3))


@pytest.mark.parametrize("shapes", [((2, 3),), ((),), ((2,), (2,))])
def test_only_one_vector_per_sample(built, shapes):
    with pytest.raises(ShapeError, match="Flatten"):
        built(Dense(units=3), *shapes)


def test_no_units_is_a_usage_error():
    with pytest.raises(UsageError, match=r"Dense\.units: must be at least 1, got 0"):
        Dense(units=0)


def test_units_have_to_be_given():
    with pytest.raises(UsageError, match=r"Dense\.units: has to be given"):
        make(Dense, {})


def test_unknown_initializer_names_the_nearest(built):
    with pytest.raises(UsageError, match="GlorotNormal"):
        built(Dense(units=2, initializer="GlorotNorml"), (2,))
