import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.layers.dropout import Dropout


@given(rate=st.floats(0.05, 0.9), seed=st.integers(0, 2**32))
def test_the_mean_is_kept_and_the_share_dropped_is_the_rate(rate, seed):
    x = np.ones((100, 100))
    y, _ = Dropout(rate=rate).forward(x, ctx=Context(training=True, rng=Rng(seed), node="d"))
    # 10,000 coins: six standard errors of their share
    assert np.mean(y == 0) == pytest.approx(rate, abs=6 * np.sqrt(rate * (1 - rate) / x.size))
    np.testing.assert_allclose(y[y != 0], 1 / (1 - rate), rtol=1e-12)


def test_the_step_decides_the_mask_and_dtype_does_not():
    x = np.ones((10, 10))
    first = Dropout().forward(x, ctx=Context(training=True, rng=Rng(1), node="d"))[0]
    again = Dropout().forward(x.astype(np.float32), ctx=Context(training=True, rng=Rng(1), node="d"))[0]
    other = Dropout().forward(x, ctx=Context(training=True, rng=Rng(2), node="d"))[0]
    sibling = Dropout().forward(x, ctx=Context(training=True, rng=Rng(1), node="e"))[0]
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first != sibling).any()


def test_what_was_dropped_gets_no_gradient(training):
    x = np.ones((20, 20))
    y, cache = Dropout(rate=0.5).forward(x, ctx=training)
    (dx,) = Dropout(rate=0.5).backward(np.full_like(x, 3.0), cache, training)
    np.testing.assert_array_equal(dx, 3 * y)


def test_evaluation_and_rate_zero_are_the_identity(training, evaluation):
    x = np.random.default_rng(0).random((4, 4))
    for layer, ctx in ((Dropout(rate=0.9), evaluation), (Dropout(rate=0.0), training)):
        y, cache = layer.forward(x, ctx=ctx)
        assert y is x  # not even a copy
        np.testing.assert_array_equal(layer.backward(x, cache, ctx)[0], x)


@pytest.mark.parametrize("rate", [1.0, -0.1, float("nan")])
def test_rates_that_leave_nothing_are_refused(rate):
    with pytest.raises(UsageError, match=r"Dropout\.rate"):
        Dropout(rate=rate)


def test_whole_channels_of_a_sample_are_dropped():
    x = np.ones((50, 3, 4, 20))
    ctx = Context(training=True, rng=Rng(3), node="d")
    layer = Dropout(rate=0.25, channels=True)
    y, cache = layer.forward(x, ctx=ctx)
    np.testing.assert_array_equal(y, np.broadcast_to(y[:, :1, :1], x.shape))
    np.testing.assert_allclose(np.unique(y), [0, 4 / 3], rtol=1e-12)
    assert (y[:, 0, 0] == 0).mean() == pytest.approx(0.25, abs=0.08)  # 1,000 coins: six standard errors
    np.testing.assert_array_equal(layer.backward(np.full_like(x, 3.0), cache, ctx)[0], 3 * y)


def test_of_rows_each_value_is_a_channel(training):
    x = np.ones((30, 8))
    ones, _ = Dropout(channels=True).forward(x, ctx=training)
    np.testing.assert_array_equal(ones, Dropout().forward(x, ctx=training)[0])


def test_many_numbers_are_drawn_as_all_at_once(training):
    """More than are drawn together; the stream of a run must not depend on how."""
    x = np.ones((3, 50000), np.float32)
    y, mask = Dropout(rate=0.25).forward(x, ctx=training)
    expected = training.generator().random(x.shape, np.float32) >= 0.25
    np.testing.assert_array_equal(mask, expected)
    np.testing.assert_array_equal(y, expected * np.float32(1 / 0.75))
