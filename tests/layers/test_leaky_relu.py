import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.layers.leaky_relu import LeakyReLU


def test_by_hand_with_the_kink_at_zero(training):
    layer, x = LeakyReLU(alpha=0.25), np.array([[-2.0, 0.0, 3.0]])
    y, cache = layer.forward(x, ctx=training)
    np.testing.assert_array_equal(y, [[-0.5, 0, 3]])
    np.testing.assert_array_equal(layer.backward(np.full_like(x, 8), cache, training)[0], [[2, 2, 8]])


@given(alpha=st.floats(0, 1), x=st.floats(-100, 100, width=32))
def test_the_maximum_is_the_definition(alpha, x):
    ctx = Context()
    y, cache = LeakyReLU(alpha=alpha).forward(np.array([[x]]), ctx=ctx)
    assert y[0, 0] == (x if x > 0 else alpha * x)
    assert LeakyReLU(alpha=alpha).backward(np.ones((1, 1)), cache, ctx)[0][0, 0] == (1 if x > 0 else alpha)


@pytest.mark.parametrize("alpha", [-0.1, 1.1])
def test_slopes_for_which_the_maximum_is_wrong_are_refused(alpha):
    with pytest.raises(UsageError, match=r"LeakyReLU\.alpha"):
        LeakyReLU(alpha=alpha)
