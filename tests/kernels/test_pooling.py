"""Pooling agrees with what its formula says, window by window, whatever the shapes; its gradients with torch's."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.kernels.convolution import Window
from nnlab.kernels.pooling import (
    average_pool,
    average_pool_dx,
    counts,
    max_pool,
    max_pool_dx,
    max_pool_indices,
    max_pool_places,
    sum_pool_dx,
)

CLOSE = {"rtol": 1e-12, "atol": 1e-12}
"""float64: sums of at most 27 numbers, in another order."""


@st.composite
def cases(draw: Any) -> tuple[tuple[int, ...], Window, tuple[int, ...]]:
    """Shape of x, a window that fits, and an output size that may reach over the end, as a ceiling has it."""
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank)))
    strides, dilations = (tuple(draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank))) for _ in range(2))
    pads = tuple((draw(st.integers(0, k - 1)), draw(st.integers(0, k - 1))) for k in kernel)
    size = tuple(d * (k - 1) + 1 + draw(st.integers(0, 4)) for k, d in zip(kernel, dilations, strict=True))
    window = Window(kernel, strides, dilations, pads)
    out = tuple(
        n + (n * s < length + before and draw(st.booleans()))
        for n, s, length, (before, _) in zip(window.out_size(size), strides, size, pads, strict=True)
    )
    return (2, 3, *size), window, out


def values(shape: tuple[int, ...]) -> np.ndarray:
    """No two alike, so that the largest is one element."""
    return np.random.default_rng(0).permutation(np.linspace(-3, 2, int(np.prod(shape)))).reshape(shape)


def met(x: np.ndarray, window: Window, at: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The places in x that the window at one output position meets, in the order of the kernel."""
    found = []
    for element in np.ndindex(*window.kernel):
        place = tuple(
            o * s + k * d - before
            for o, s, k, d, (before, _) in zip(at, window.strides, element, window.dilations, window.pads, strict=True)
        )
        if all(0 <= p < n for p, n in zip(place, x.shape[2:], strict=True)):
            found.append(place)
    return found


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_every_window_gives_its_largest_and_its_mean(case: tuple[Any, Window, Any]) -> None:
    shape, window, out = case
    x = values(shape)
    largest, mean = max_pool(x, window, out), average_pool(x, window, out, count_padding=False)
    assert largest.shape == mean.shape == (2, 3, *out)
    indices = max_pool_indices(max_pool_places(x, largest, window), window, x.shape[2:])
    for at in np.ndindex(*out):
        places = met(x, window, at)
        if places:
            there = np.stack([x[(..., *place)] for place in places])
            np.testing.assert_array_equal(largest[(..., *at)], there.max(axis=0))
            np.testing.assert_allclose(mean[(..., *at)], there.mean(axis=0), **CLOSE)
            np.testing.assert_array_equal(x.reshape(-1)[indices[(..., *at)]], largest[(..., *at)])


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_gradients_are_those_of_the_sums_over_windows(case: tuple[Any, Window, Any]) -> None:
    shape, window, out = case
    x = values(shape)
    y = max_pool(x, window, out)
    dy = np.random.default_rng(1).standard_normal(y.shape)
    to_largest, to_mean, to_sum = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for at in np.ndindex(*out):
        places = met(x, window, at)
        for place in places:
            given_back = dy[(..., *at)]
            to_largest[(..., *place)] += given_back * (x[(..., *place)] == y[(..., *at)])
            to_mean[(..., *place)] += given_back / len(places)
            to_sum[(..., *place)] += given_back
    np.testing.assert_allclose(max_pool_dx(dy, x, y, window), to_largest, **CLOSE)
    np.testing.assert_allclose(average_pool_dx(dy, x, window, count_padding=False), to_mean, **CLOSE)
    np.testing.assert_allclose(sum_pool_dx(dy, shape, window), to_sum, **CLOSE)


@pytest.mark.parametrize("count_padding", [False, True])
def test_agrees_with_torch(count_padding: bool) -> None:
    torch = pytest.importorskip("torch")
    x = values((2, 3, 9, 11))
    window = Window((3, 3), (2, 2), (1, 1), ((1, 1), (1, 1)))
    leaf = torch.from_numpy(x).requires_grad_()
    expected = torch.nn.functional.avg_pool2d(leaf, 3, 2, 1, count_include_pad=count_padding)
    y = average_pool(x, window, window.out_size(x.shape[2:]), count_padding=count_padding)
    assert (y.shape, y.dtype) == (tuple(expected.shape), x.dtype)
    np.testing.assert_allclose(y, expected.detach().numpy(), **CLOSE)
    dy = values(y.shape)
    expected.backward(torch.from_numpy(dy))
    np.testing.assert_allclose(average_pool_dx(dy, x, window, count_padding=count_padding), leaf.grad.numpy(), **CLOSE)


def test_of_several_largest_the_first_gets_the_gradient() -> None:
    x, window = np.ones((1, 1, 2, 2)), Window((2, 2), (1, 1), (1, 1), ((0, 0), (0, 0)))
    dx = max_pool_dx(np.full((1, 1, 1, 1), 3.0), x, max_pool(x, window, (1, 1)), window)
    np.testing.assert_array_equal(dx, [[[[3, 0], [0, 0]]]])


def test_indices_count_the_first_axis_fastest_where_asked() -> None:
    x, window = np.arange(12.0).reshape(1, 1, 3, 4), Window((2, 2), (2, 2), (1, 1), ((0, 0), (0, 0)))
    y = max_pool(x, window, (1, 2))
    places = max_pool_places(x, y, window)
    np.testing.assert_array_equal(max_pool_indices(places, window, (3, 4)), [[[[5, 7]]]])
    np.testing.assert_array_equal(max_pool_indices(places, window, (3, 4), column_major=True), [[[[4, 10]]]])


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.float32])
def test_padding_is_never_the_largest_of_any_dtype(dtype: Any) -> None:
    lowest = np.iinfo(dtype).min if np.dtype(dtype).kind in "iu" else -7
    x = np.full((1, 1, 2), lowest, dtype)
    y = max_pool(x, Window((2,), (1,), (1,), ((1, 1),)), (3,))
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, np.full((1, 1, 3), lowest, dtype))


def test_a_ceiling_beyond_the_padding_counts_nothing() -> None:
    window = Window((3,), (2,), (1,), ((1, 1),))
    np.testing.assert_array_equal(counts((4,), window, (3,), count_padding=True), [3, 3, 2])
    np.testing.assert_array_equal(counts((4,), window, (3,), count_padding=False), [2, 3, 1])
