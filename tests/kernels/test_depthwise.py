"""One map per channel gives what a kernel of zeros but for that channel gives, with bounds and on any strides."""

import numpy as np
import pytest

from nnlab.kernels.convolution import convolve
from nnlab.kernels.window import Window

WINDOWS = [
    Window((3,), (1,), (2,), ((2, 0),), 4),
    Window((3, 2), (1, 1), (1, 2), ((1, 0), (0, 2)), 4),
    Window((3, 3), (2, 1), (1, 1), ((1, 1), (1, 1)), 4),
    Window((2, 1, 3), (1, 1, 1), (1, 1, 1), ((0, 1), (0, 0), (1, 1)), 4),
]


@pytest.mark.parametrize("window", WINDOWS, ids=["line", "runs", "strides", "volume"])
@pytest.mark.parametrize("threads", [1, 2])
def test_agrees_with_a_full_kernel(window: Window, threads: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 4, *[6] * len(window.kernel)))
    w, bias = rng.standard_normal((4, 1, *window.kernel)), rng.standard_normal(4)
    full = np.zeros((4, 4, *window.kernel))
    full[np.arange(4), np.arange(4)] = w[:, 0]
    together = Window(window.kernel, window.strides, window.dilations, window.pads)
    expected = np.clip(convolve(x, full, together, bias=bias), -0.5, 1)
    y = convolve(x, w, window, bias=bias, between=(-0.5, 1), threads=threads)
    assert (y.shape, y.dtype) == (expected.shape, x.dtype)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)  # float64: a few sums in another order
