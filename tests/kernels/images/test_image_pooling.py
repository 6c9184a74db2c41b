"""Pooling, against its definition written as loops, over options; and in groups as small as rows."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlab.core.errors import ShapeError
from nnlab.kernels import groups
from nnlab.kernels.images.average_pool import average_pool, average_pool_back
from nnlab.kernels.images.max_pool import max_pool, max_pool_back, max_pool_found
from nnlab.kernels.threads import at_most_threads
from nnlab.kernels.window import Window
from nnlab.layers.pooled import pooled_size


@pytest.fixture(params=["whole", "rows"], autouse=True)
def cuts(request, monkeypatch):
    """Everything at once; or every row of a sample a group of its own, several threads at work."""
    if request.param == "rows":
        monkeypatch.setattr(groups, "SMALL_BYTES", 1)
        monkeypatch.setattr(groups, "GROUP_BYTES", 8)
    groups.image_groups.cache_clear()
    yield
    groups.image_groups.cache_clear()


sides = st.tuples(st.integers(1, 3), st.integers(1, 3))
windows = st.builds(
    Window, sides, sides, st.tuples(st.integers(1, 2), st.integers(1, 2)),
    st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2),
)  # fmt: skip
sizes = st.tuples(st.integers(1, 6), st.integers(1, 6))


def fitting(window, size, ceil_mode):
    try:
        return pooled_size(window, size, ceil_mode=ceil_mode)
    except ShapeError:
        assume(False)


def inside(window, size, i, j):
    """For each element of the kernel: where it is in the image, for an output; None where it is outside."""
    for a, b in product(*map(range, window.kernel)):
        h = i * window.strides[0] + a * window.dilations[0] - window.pads[0][0]
        w = j * window.strides[1] + b * window.dilations[1] - window.pads[1][0]
        yield (h, w) if 0 <= h < size[0] and 0 <= w < size[1] else None


@given(windows, sizes, st.booleans(), st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_the_largest_and_where_it_was(window, size, ceil_mode, seed):
    out = fitting(window, size, ceil_mode)
    generator = np.random.default_rng(seed)
    x = generator.integers(-2, 3, (2, *size, 3)).astype(float)  # with many equal
    x[0, 0, 0] = -np.inf
    y, found = max_pool_found(x, window, out)
    dy = generator.standard_normal(y.shape)
    expected, dx = np.empty_like(y), np.zeros_like(x)
    for n, i, j, c in np.ndindex(*y.shape):
        places = [place for place in inside(window, size, i, j) if place is not None]
        values = [x[n, h, w, c] for h, w in places]
        expected[n, i, j, c] = max(values)
        dx[(n, *places[values.index(max(values))], c)] += dy[n, i, j, c]
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(max_pool(x, window, out), expected)
    np.testing.assert_allclose(max_pool_back(dy, found, window, size), dx, atol=1e-14)  # sums in another order


@given(windows, sizes, st.booleans(), st.booleans(), st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_the_mean(window, size, ceil_mode, count_padding, seed):
    out = fitting(window, size, ceil_mode)
    generator = np.random.default_rng(seed)
    x = generator.standard_normal((2, *size, 3))
    y = average_pool(x, window, out, count_padding=count_padding)
    dy = generator.standard_normal(y.shape)
    expected, dx = np.zeros_like(y), np.zeros_like(x)
    for i, j in np.ndindex(*out):
        places = list(inside(window, size, i, j))
        real = [place for place in places if place is not None]
        count = sum(padded_inside(window, size, i, j)) if count_padding else len(real)
        for h, w in real:
            expected[:, i, j] += x[:, h, w] / count
            dx[:, h, w] += dy[:, i, j] / count
    np.testing.assert_allclose(y, expected, atol=1e-14)
    np.testing.assert_allclose(average_pool_back(dy, window, size, count_padding=count_padding), dx, atol=1e-14)


def padded_inside(window, size, i, j):
    """For each element of the kernel: whether it is in the image or its padding."""
    for a, b in product(*map(range, window.kernel)):
        places = (i * window.strides[0] + a * window.dilations[0], j * window.strides[1] + b * window.dilations[1])
        yield all(p < n + sum(pads) for p, n, pads in zip(places, size, window.pads, strict=True))


@pytest.mark.parametrize("window", [
    Window((2, 2), (2, 2), (1, 1), ((0, 0), (0, 0))), Window((3, 3), (2, 2), (1, 1), ((1, 1), (1, 1))),
])  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_same_bits_on_any_number_of_threads(window, dtype):
    x = np.random.default_rng(0).standard_normal((9, 13, 10, 4)).astype(dtype)
    out = window.out_size(x.shape[1:3])
    results = []
    for threads in (1, 2, 3):
        with at_most_threads(threads):
            y, found = max_pool_found(x, window, out)
            mean = average_pool(x, window, out)
            back = max_pool_back(y, found, window, (13, 10)), average_pool_back(y, window, (13, 10))
        assert y.dtype == mean.dtype == back[0].dtype == back[1].dtype == dtype and found.dtype == np.uint8
        results.append([part.tobytes() for part in (y, found, mean, *back)])
    assert results[0] == results[1] == results[2]


def test_kernels_of_more_elements_than_a_byte_counts():
    window = Window((20, 20), (20, 20), (1, 1), ((0, 0), (0, 0)))
    x = np.arange(400.0).reshape(1, 20, 20, 1)
    y, found = max_pool_found(x, window, (1, 1))
    assert y.item() == 399 and found.item() == 399
    dx = max_pool_back(np.ones_like(y), found, window, (20, 20))
    assert dx[0, 19, 19, 0] == 1 and dx.sum() == 1


def test_what_is_not_a_number_is_passed_on():
    x = np.zeros((1, 4, 4, 2))
    x[0, 1, 2, 0] = np.nan
    for window in (Window((2, 2), (2, 2), (1, 1), ((0, 0), (0, 0))), Window((3, 3), (1, 1), (1, 1), ((1, 1), (1, 1)))):
        out = window.out_size((4, 4))
        assert np.isnan(max_pool_found(x, window, out)[0][0, 0, 1, 0])
        assert np.isnan(average_pool(x, window, out)[0, 0, 1, 0])
