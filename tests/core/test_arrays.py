"""New arrays begin at a cache line."""

import hypothesis.extra.numpy as arrays_of
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.arrays import LINE_BYTES, copy_of, empty, flattened, order_of, zeros_like
from nnlab.core.parameter import Parameter
from nnlab.core.workspace import Workspace

SHAPES = arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=70)
DTYPES = st.sampled_from([np.float32, np.float64, np.uint8])


def begins_at_a_line(array: np.ndarray) -> bool:
    return array.size == 0 or array.ctypes.data % LINE_BYTES == 0


@given(shape=SHAPES, dtype=DTYPES)
def test_any_shape_is_contiguous_and_begins_at_a_line(shape: tuple[int, ...], dtype: type) -> None:
    for array in (empty(shape, dtype), zeros_like(empty(shape, dtype))):
        assert array.shape == shape and array.dtype == dtype
        assert array.flags.c_contiguous and array.flags.writeable and begins_at_a_line(array)
    columns = empty(shape, dtype, "F")
    assert columns.shape == shape and columns.flags.f_contiguous and begins_at_a_line(columns)


@given(shape=SHAPES, dtype=DTYPES)
def test_flattened_is_the_memory_in_a_row(shape: tuple[int, ...], dtype: type) -> None:
    for array in (empty(shape, dtype), empty(shape, dtype, "F")):
        flat = flattened(array)
        flat[:] = np.arange(array.size).astype(dtype)
        assert flat.shape == (array.size,) and np.array_equal(array.ravel(order="K"), flat)


def test_what_is_not_contiguous_has_no_row() -> None:
    with pytest.raises(ValueError, match="not contiguous"):
        flattened(np.zeros((4, 6))[:, ::2])


@pytest.mark.parametrize("order", ["C", "F"])
def test_zeros_are_zero_also_in_memory_that_was_used_and_keep_the_order(order: str) -> None:
    like = np.empty((50, 3), np.float32, order=order)
    for _ in range(20):
        array = zeros_like(like)
        assert not array.any() and order_of(array) == order
        array.fill(7)


@pytest.mark.parametrize("dtype", [None, np.float64, np.float32])
def test_a_copy_has_the_values_and_memory_of_its_own(dtype: type | None) -> None:
    original = np.arange(12, dtype=np.float32).reshape(3, 4).T
    copied = copy_of(original, dtype)
    assert copied.dtype == (dtype or np.float32) and copied.flags.c_contiguous and begins_at_a_line(copied)
    np.testing.assert_array_equal(copied, original)
    assert not np.shares_memory(copied, original)


def test_what_a_step_writes_most_begins_at_a_line() -> None:
    workspace = Workspace()
    for size in (3, 50_000):
        assert begins_at_a_line(workspace.empty((size,), np.float32))
        assert begins_at_a_line(Parameter("layer.weight", np.ones((size,), np.float32)).grad)
