"""Values and their gradients."""

import numpy as np

from nnlab.core.parameter import Parameter


def fresh() -> Parameter:
    return Parameter("layer.weight", np.ones((2, 3), np.float32))


def test_elements_lie_in_a_row_however_the_value_was_made() -> None:
    parameter = Parameter("layer.weight", np.arange(6.0).reshape(2, 3).T)
    assert parameter.value.flags.f_contiguous and parameter.grad.flags.f_contiguous
    np.testing.assert_array_equal(parameter.value, [[0, 3], [1, 4], [2, 5]])
    columns = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert Parameter("layer.weight", columns).value is columns  # nothing is copied that need not be
    kernels = np.arange(24.0).reshape(2, 3, 2, 2)
    assert Parameter("layer.weight", kernels).value is kernels


def test_gradients_add_up() -> None:
    parameter = fresh()
    parameter.add(np.full((2, 3), 2, np.float32))
    assert parameter.first_grad() is None
    parameter.add(np.full((2, 3), 5, np.float32))
    np.testing.assert_array_equal(parameter.grad, np.full((2, 3), 7, np.float32))
    assert parameter.grad.dtype == np.float32


def test_the_first_addition_after_zero_grad_overwrites() -> None:
    parameter = fresh()
    parameter.add(np.full((2, 3), np.nan, np.float32))
    parameter.zero_grad()
    first = parameter.first_grad()
    assert first is not None
    first.fill(5)
    np.testing.assert_array_equal(parameter.grad, np.full((2, 3), 5, np.float32))


def test_a_gradient_that_nobody_added_to_is_zero() -> None:
    parameter = fresh()
    parameter.add(np.ones((2, 3), np.float32))
    parameter.zero_grad()
    np.testing.assert_array_equal(parameter.grad, np.zeros((2, 3), np.float32))
    parameter.add(np.ones((2, 3), np.float32))
    np.testing.assert_array_equal(parameter.grad, np.ones((2, 3), np.float32))
