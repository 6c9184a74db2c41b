"""One map per channel gives what a kernel of zeros but for that channel gives, with bounds and on any strides."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.kernels.convolution import convolve
from nnlab.kernels.depthwise import layout_of
from nnlab.kernels.window import Window

WINDOWS = [
    Window((3,), (1,), (2,), ((2, 0),), 4),
    Window((3, 2), (1, 1), (1, 2), ((1, 0), (0, 2)), 4),
    Window((3, 3), (2, 1), (1, 1), ((1, 1), (1, 1)), 4),
    Window((2, 1, 3), (1, 1, 1), (1, 1, 1), ((0, 1), (0, 0), (1, 1)), 4),
]


@pytest.mark.parametrize("groups", [4, 9], ids=["few", "channels last"])
@pytest.mark.parametrize("window", WINDOWS, ids=["line", "runs", "strides", "volume"])
@pytest.mark.parametrize("threads", [1, 2])
def test_agrees_with_a_full_kernel(window: Window, groups: int, threads: int) -> None:
    window = replace(window, groups=groups)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, groups, *[6] * len(window.kernel)))
    w, bias = rng.standard_normal((groups, 1, *window.kernel)), rng.standard_normal(groups)
    full = np.zeros((groups, groups, *window.kernel))
    full[np.arange(groups), np.arange(groups)] = w[:, 0]
    together = replace(window, groups=1)
    expected = np.clip(convolve(x, full, together, bias=bias), -0.5, 1)
    y = convolve(x, w, window, bias=bias, between=(-0.5, 1), threads=threads)
    assert (y.shape, y.dtype) == (expected.shape, x.dtype)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)  # float64: a few sums in another order


@pytest.mark.parametrize("stride", [1, 2])
def test_many_channels_come_in_pieces_that_do_not_depend_on_threads(stride: int) -> None:
    window = Window((3, 3), (stride, stride), (1, 1), ((1, 1), (1, 1)), 700)
    assert len(layout_of(window, (1, 700, 7, 7), 4).cuts) > 1
    rng = np.random.default_rng(1)
    x, w = (rng.standard_normal(shape).astype(np.float32) for shape in ((1, 700, 7, 7), (700, 1, 3, 3)))
    y = convolve(x, w, window, threads=1)
    np.testing.assert_array_equal(convolve(x, w, window, threads=2), y)
    single = replace(window, groups=1)
    expected = [convolve(x[:, c : c + 1], w[c : c + 1], single) for c in range(0, 700, 50)]
    np.testing.assert_allclose(y[:, ::50], np.concatenate(expected, axis=1), rtol=1e-5, atol=1e-5)  # sums of 9
