"""Moments of images and what is made of them, against their formulas in float64; in groups and at once."""

import numpy as np
import pytest

from nnlab.kernels import groups
from nnlab.kernels.images import moments as kernel
from nnlab.kernels.images.moments import mixed, moments, scaled, summed
from nnlab.kernels.threads import at_most_threads

SHAPES = [(4, 6, 6, 3), (3, 5, 7, 2), (1, 1, 2, 5), (2, 4, 3000), (5, 8, 4, 1)]


@pytest.fixture(params=["at once", "in groups"])
def cuts(request, monkeypatch):
    if request.param == "in groups":
        monkeypatch.setattr(groups, "SMALL_BYTES", 1)
        monkeypatch.setattr(groups, "GROUP_BYTES", 64)
        monkeypatch.setattr(kernel, "WIDE", 8)
    groups.groups_of.cache_clear()
    yield
    groups.groups_of.cache_clear()


@pytest.mark.usefixtures("cuts")
@pytest.mark.parametrize("shape", SHAPES)
def test_formulas(shape):
    generator = np.random.default_rng(0)
    x, dy = generator.standard_normal(shape), generator.standard_normal(shape)
    a, b, c = generator.standard_normal((3, shape[-1]))
    places = tuple(range(len(shape) - 1))
    mean, variance = moments(x)
    np.testing.assert_allclose(mean, x.mean(places), atol=1e-14)
    np.testing.assert_allclose(variance, x.var(places), rtol=1e-13)
    np.testing.assert_allclose(scaled(x, a, b, out=np.empty(shape)), a * x + b, rtol=1e-14)
    sums, dots = summed(dy, x, mean)
    np.testing.assert_allclose(sums, dy.sum(places), atol=1e-12)
    np.testing.assert_allclose(dots, (dy * (x - x.mean(places))).sum(places), atol=1e-12)
    np.testing.assert_allclose(mixed(dy, x, a, b, c, out=np.empty(shape)), c * (dy + a * x + b), atol=1e-14)


@pytest.mark.usefixtures("cuts")
def test_a_mean_far_from_zero_costs_the_variance_no_digits():
    """The difference of two sums of squares would have none left: 1e4^2 is 1e8 times the variance."""
    x = (1e4 + np.random.default_rng(0).standard_normal((8, 16, 16, 4))).astype(np.float32)
    mean, variance = moments(x)
    exact = x.astype(np.float64)
    np.testing.assert_allclose(mean, exact.mean((0, 1, 2)), rtol=1e-7)  # rounded once
    np.testing.assert_allclose(variance, exact.var((0, 1, 2)), rtol=3e-6)  # 32 roundings


def test_groups_of_different_means_are_joined():
    """Dark images first, bright ones after them."""
    x = np.zeros((8, 256, 256, 1), np.float32)
    x[4:] = 2
    mean, variance = moments(x)
    assert (mean, variance) == (1, 1)


@pytest.mark.parametrize("lines", [1, 2, 40])
def test_the_first_rows_may_lie_far_from_the_rest(lines):
    """A black frame above a bright image that hardly varies."""
    x = (1e3 + np.random.default_rng(0).standard_normal((1, 64, 64, 2))).astype(np.float32)
    x[:, :lines] = 0
    mean, variance = moments(x)
    np.testing.assert_allclose(mean, x.astype(np.float64).mean((0, 1, 2)), rtol=1e-7)
    np.testing.assert_allclose(variance, x.astype(np.float64).var((0, 1, 2)), rtol=3e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_same_bits_on_any_number_of_threads(dtype):
    generator = np.random.default_rng(0)
    x, dy = (generator.standard_normal((9, 60, 30, 24)).astype(dtype) for _ in range(2))
    results = []
    for threads in (1, 2, 3):
        with at_most_threads(threads):
            mean, variance = moments(x)
            sums = summed(dy, x, mean)
            y = scaled(x, mean, variance, out=np.empty_like(x))
            dx = mixed(dy, x, mean, variance, sums[0], out=np.empty_like(x))
        assert {part.dtype for part in (mean, variance, *sums)} == {np.dtype(dtype)}
        results.append([part.tobytes() for part in (mean, variance, *sums, y, dx)])
    assert results[0] == results[1] == results[2]
