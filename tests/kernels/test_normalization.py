"""Standardising gives mean 0 and variance 1, and its gradient agrees with central differences."""

from typing import Any

import numpy as np
import pytest

from nnlab.kernels.normalization import scaled_by_channel, standardised, standardised_dx


@pytest.mark.parametrize(("shape", "axes"), [((4, 6), (0,)), ((2, 3, 5, 4), (0, 2, 3)), ((2, 3, 7), (2,))])
def test_has_mean_0_and_variance_1(shape: Any, axes: Any) -> None:
    x = np.random.default_rng(0).normal(3, 5, shape)
    n, mean, inverse = standardised(x, axes, 0.0)
    np.testing.assert_allclose(n.mean(axis=axes), 0, atol=1e-12)  # a few roundings of numbers about 1
    np.testing.assert_allclose(n.var(axis=axes), 1, rtol=1e-12)
    np.testing.assert_allclose(n / inverse + mean, x, rtol=1e-12)


def test_gradient_agrees_with_central_differences() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    dn = np.random.default_rng(1).standard_normal(x.shape)
    n, _, inverse = standardised(x, (0, 2), 1e-3)
    dx = standardised_dx(dn, n, inverse, (0, 2))
    for index in np.ndindex(x.shape):
        sides = []
        for step in (1e-5, -1e-5):
            moved = x.copy()
            moved[index] += step
            sides.append((dn * standardised(moved, (0, 2), 1e-3)[0]).sum())
        assert dx[index] == pytest.approx((sides[0] - sides[1]) / 2e-5, abs=1e-7)  # the step's square, and rounding


@pytest.mark.parametrize("shape", [(3, 5), (2, 5, 7), (2, 5, 300, 301), (1, 5, 2, 3, 4), (0, 5, 3)])
def test_every_channel_has_its_own_scale_and_shift(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    scale, shift = np.arange(1, 6, dtype=np.float32), np.arange(5, dtype=np.float32)
    y = scaled_by_channel(x, scale, shift)
    own = (-1, *[1] * (len(shape) - 2))
    assert y.dtype == x.dtype
    np.testing.assert_array_equal(y, x * scale.reshape(own) + shift.reshape(own))
