"""How far two arrays are apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.checks.parity.measure import CHUNK, differences, gap, largest, memory_gaps, pieces, widen
from nnlab.checks.parity.result import StepDifferences


def test_gap_is_the_largest_difference_of_the_largest_element() -> None:
    a = np.array([[1.0, -4.0], [2.0, 0.0]])
    b = np.array([[1.5, -4.0], [2.0, 1.0]])
    found = gap(a, b)
    assert (found.difference, found.scale, found.relative) == (1.0, 4.0, 0.25)


def test_equal_tensors_and_two_zeros_are_no_way_apart() -> None:
    assert gap(np.zeros(3), np.zeros(3)).relative == 0.0
    assert gap(np.arange(3.0), np.arange(3.0)).relative == 0.0
    assert gap(np.zeros((0, 2)), np.zeros((0, 2))).relative == 0.0


def test_a_zero_tensor_is_wholly_apart_from_one_that_is_not() -> None:
    assert gap(np.zeros(3), np.array([0.0, 1e-30, 0.0])).relative == 1.0


def test_the_place_of_a_difference_among_the_chunks_does_not_matter() -> None:
    a = np.ones(3 * CHUNK + 5)
    for place in (0, CHUNK - 1, CHUNK, 3 * CHUNK + 4):
        b = a.copy()
        b[place] = 1.5
        assert gap(a, b).relative == 0.5


def test_arrays_that_are_not_contiguous_are_compared_by_element() -> None:
    a = np.arange(12.0).reshape(3, 4)
    assert gap(np.asfortranarray(a), a).relative == 0.0
    assert gap(a.T, a.T.copy() + 11).relative == 1.0


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_in_one_alone_is_infinitely_far(strange: float) -> None:
    a, b = np.array([1.0, 2.0]), np.array([1.0, strange])
    assert gap(a, b).relative == math.inf == gap(b, a).relative
    assert differences(a, b).tolist() == [0.0, math.inf]


def test_where_both_are_not_finite_the_rest_is_compared() -> None:
    a, b = np.array([np.nan, np.inf, 4.0]), np.array([np.nan, np.nan, 3.0])
    assert gap(a, b).relative == 0.25
    assert differences(a, b).tolist() == [0.0, 0.0, 1.0]
    assert gap(a[:2], b[:2]).relative == 0.0
    assert largest(a) == 4.0


def test_a_difference_too_large_for_the_dtype_is_infinite() -> None:
    huge = np.array([np.finfo(np.float64).max])
    assert gap(huge, -huge).relative == math.inf


def test_another_shape_is_infinitely_far() -> None:
    assert gap(np.ones((2, 3)), np.ones((3, 2))).relative == math.inf


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=20))
def test_gap_says_what_the_formula_says(pairs: list[tuple[float, float]]) -> None:
    a, b = np.array(pairs).T
    found = gap(a, b)
    assert found.difference == np.abs(a - b).max() == differences(a, b).max()
    assert found.scale == (np.abs(a).max() or np.abs(b).max())


def test_what_only_one_remembers_is_zero_for_the_other() -> None:
    ones, zeros = np.ones(2), np.zeros(2)
    assert memory_gaps({"w": ones, "w m": ones}, {"w": ones, "w v": zeros}) == {"w": 0.0, "w m": 1.0, "w v": 0.0}


def test_a_gap_is_of_the_first_tensor_as_a_step_s_differences_say() -> None:
    """The first backend's is what the other is held against: to swap the two divides by another number."""
    small, large = np.array([1.0, 0.0]), np.array([4.0, 0.0])
    assert gap(small, large).relative == 3.0
    assert gap(large, small).relative == 0.75
    assert memory_gaps({"w": small}, {"w": large}) == {"w": 3.0}
    said = " ".join((StepDifferences.__doc__ or "").split())
    assert "max |a - b| / max |a|, a being the first backend's and b the other's; / max |b| where a is zero" in said


@pytest.mark.parametrize("shape", [(3, 2 * CHUNK), (CHUNK + 7, 3), (5, 7, 11), (CHUNK * 2 + 1,), (), (0, 4)])
def test_pieces_are_all_elements_once_however_the_arrays_lie(shape: tuple[int, ...]) -> None:
    by_rows = np.arange(float(math.prod(shape))).reshape(shape)
    by_columns = np.asfortranarray(by_rows)
    for arrays in ((by_rows, by_rows + 0), (by_columns, np.asfortranarray(by_rows + 0)), (by_rows, by_columns)):
        seen = []
        for one, other in pieces(*arrays):
            np.testing.assert_array_equal(one, other)
            seen.append(one.copy())
        assert sorted(np.concatenate([*seen, np.empty(0)]).tolist()) == list(range(by_rows.size))


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_spread_is_widened_in_place_and_never_narrowed(order: str) -> None:
    spread = np.array([[0.5, 0.0], [0.0, 2.0]], order=order)
    widen(spread, np.ones((2, 2), order=order), np.array([[1.1, 1.1], [1.0, 1.0]], order=order))
    np.testing.assert_allclose(spread, [[0.5, 0.1], [0.0, 2.0]], rtol=1e-12)
