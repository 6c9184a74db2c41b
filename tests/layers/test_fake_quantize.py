import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.layers.fake_quantize import FakeQuantize
from nnlab.models.values import DrawnValues


@pytest.fixture
def layer() -> FakeQuantize:
    layer = FakeQuantize(momentum=0.75)
    assert layer.build((3,), new=DrawnValues("node", Rng(0), np.dtype(np.float64))) == (3,)
    return layer


def test_the_first_batch_gives_the_range_and_later_ones_move_it(layer, training) -> None:
    _, cache = layer.forward(np.array([[-1.0, 0.0, 3.0]]), ctx=training)
    np.testing.assert_array_equal(layer.range.value, [0, 0])  # forward changes nothing
    layer.observe(cache)
    np.testing.assert_array_equal(layer.range.value, [-1, 3])
    _, cache = layer.forward(np.array([[-5.0, 0.0, 1.0]]), ctx=training)
    layer.observe(cache)
    np.testing.assert_array_equal(layer.range.value, [0.75 * -1 + 0.25 * -5, 0.75 * 3 + 0.25 * 1])


def test_the_range_is_used_as_the_batch_moves_it_and_stays_in_evaluation(layer, training, evaluation) -> None:
    layer.range.value[:] = 0, 255
    x = np.array([[0.5, 1.5, 300.0]])
    y, cache = layer.forward(x, ctx=evaluation)
    np.testing.assert_array_equal(y, [[0, 2, 255]])
    layer.observe(cache)
    np.testing.assert_array_equal(layer.range.value, [0, 255])
    y, _ = layer.forward(x, ctx=training)  # high = 0.75 255 + 0.25 300 = 266.25, low = 0.25 0.5, which 0 replaces
    np.testing.assert_allclose(y, [[0, 266.25 / 255, 266.25]], rtol=1e-14)


def test_the_gradient_goes_straight_through_and_stops_where_values_are_cut_off(layer, evaluation) -> None:
    layer.range.value[:] = -127.5, 127.5  # scale 1, zero 128: codes for -128 ... 127
    x = np.array([[-128.6, 127.4, 127.6]])
    _, cache = layer.forward(x, ctx=evaluation)
    np.testing.assert_array_equal(layer.backward(np.array([[5.0, 6.0, 7.0]]), cache, evaluation)[0], [[0, 6, 0]])


def test_nothing_is_rounded_before_anything_was_seen(layer, evaluation) -> None:
    x = np.array([[0.1, 0.2, 0.3]])
    y, cache = layer.forward(x, ctx=evaluation)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(layer.backward(np.ones_like(x), cache, evaluation)[0], np.ones_like(x))


def test_what_is_not_a_number_is_not_hidden(layer, training) -> None:
    assert np.isnan(layer.forward(np.array([[np.nan, 1.0, 2.0]]), ctx=training)[0]).all()


def test_a_check_holds_what_rounding_added_and_the_range(layer) -> None:
    held = {}
    first = Context(training=True, node="node", held=held)
    x = np.array([[0.0, 100.4, 255.0]])
    y, _ = layer.forward(x, ctx=first)
    np.testing.assert_allclose(y, [[0, 100, 255]])
    moved, cache = layer.forward(x + 0.2, ctx=first)
    np.testing.assert_allclose(moved, [[0.2, 100.2, 255.2]])  # a slope of 1, where rounding alone would have none
    layer.observe(cache)
    np.testing.assert_array_equal(layer.range.value, [0, 0])
