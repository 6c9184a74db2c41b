"""Rows in groups, over threads: as written out in float64, and the same bits on any number of threads."""

import numpy as np
import pytest

from nnlab.kernels.layer_norm import layer_norm, layer_norm_gradients
from nnlab.kernels.threads import at_most_threads


@pytest.mark.parametrize("shape", [(3, 7), (20_001, 33), (300, 2048)])
def test_as_written_out_on_any_number_of_threads(shape):
    generator = np.random.default_rng(0)
    x, dy = generator.standard_normal((2, *shape), dtype=np.float32)
    gamma, beta = generator.standard_normal((2, shape[1]), dtype=np.float32)
    found = []
    for threads in (1, 2):
        with at_most_threads(threads):
            y, *moments = layer_norm(x, gamma, beta, 1e-3, np.empty)
            dx = np.empty_like(x)
            found.append([y, dx, *layer_norm_gradients(dy, x, gamma, (moments[0], moments[1]), dx)])
            alone = layer_norm_gradients(dy, x, gamma, (moments[0], moments[1]), None)
            np.testing.assert_array_equal(alone, found[-1][2:])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    wide, g = x.astype(np.float64), (dy * gamma).astype(np.float64)
    inverse = 1 / np.sqrt(wide.var(axis=1, keepdims=True) + 1e-3)
    n = (wide - wide.mean(axis=1, keepdims=True)) * inverse
    expected = inverse * (g - g.mean(axis=1, keepdims=True) - n * (g * n).mean(axis=1, keepdims=True))
    # float32's rounding, some ten times over: the values are about 1, the sums are over all rows
    np.testing.assert_allclose(found[0][0], n * gamma + beta, atol=1e-5)
    np.testing.assert_allclose(found[0][1], expected, atol=1e-5)
    np.testing.assert_allclose(found[0][2], (dy * n).sum(axis=0), atol=1e-6 * len(x) ** 0.5 * 10)
    np.testing.assert_allclose(found[0][3], dy.sum(axis=0, dtype=np.float64), atol=1e-6 * len(x) ** 0.5 * 10)
