import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.parameter import Parameter
from nnlab.losses.l2 import CHUNK, L2


def parameters(dtype=np.float64):
    weight = Parameter("weight", np.array([[1, -2], [3, 0]], dtype))
    return weight, Parameter("bias", np.array([5], dtype), penalised=False)


def test_value_by_hand_leaves_out_what_is_not_penalised():
    assert L2(weight_decay=0.5).value(parameters()) == 0.25 * (1 + 4 + 9)


def test_gradient_is_added_to_what_is_there():
    weight, bias = parameters(np.float32)
    weight.add(np.ones((2, 2), np.float32))
    L2(weight_decay=0.5).add_gradient((weight, bias))
    assert weight.grad.dtype == np.float32
    np.testing.assert_array_equal(weight.grad, np.array([[1.5, 0], [2.5, 1]], np.float32))
    np.testing.assert_array_equal(bias.grad, np.zeros(1, np.float32))


@pytest.mark.parametrize("shape", [(CHUNK + 7,), (3, CHUNK)])
def test_large_parameters_are_done_to_the_last_element(shape):
    weight = Parameter("weight", np.random.default_rng(0).standard_normal(shape))
    L2(weight_decay=0.1).add_gradient([weight])
    np.testing.assert_array_equal(weight.grad, 0.1 * weight.value)


def test_gradient_of_a_transposed_parameter():
    weight = Parameter("weight", np.arange(6.0).reshape(2, 3).T)
    L2(weight_decay=2.0).add_gradient([weight])
    np.testing.assert_array_equal(weight.grad, 2 * weight.value)


def test_the_gradient_is_the_values_derivative():
    """The reference's did not match: (d/dw) weight_decay / 2 w^2 = weight_decay w."""
    weight = Parameter("weight", np.array([1.5]))
    penalty = L2(weight_decay=0.3)
    penalty.add_gradient([weight])
    above, below = (penalty.value([Parameter("weight", np.array([1.5 + h]))]) for h in (1e-4, -1e-4))
    assert weight.grad[0] == pytest.approx((above - below) / 2e-4, rel=1e-9)  # exact for a parabola, but for rounding


def test_no_decay_costs_nothing_and_touches_no_gradient():
    weight, _ = parameters()
    assert L2().value([weight]) == 0
    L2().add_gradient([weight])
    np.testing.assert_array_equal(weight.grad, np.zeros((2, 2)))


def test_a_negative_price_is_refused():
    with pytest.raises(UsageError, match=r"L2\.weight_decay"):
        L2(weight_decay=-1)
