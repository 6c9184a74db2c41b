"""Bands cover every output once, however the sizes fall; few maps of many channels, and bounds."""

import numpy as np
import pytest

from nnlab.kernels.bands import Job, bands_of
from nnlab.kernels.convolution import convolve, products_come_first
from nnlab.kernels.window import Window

SAME = Window((3, 3), (1, 1), (1, 1), ((1, 1), (1, 1)))


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 7), (64, 64)])
@pytest.mark.parametrize("first", [False, True])
def test_bands_cover_every_place_once(size: tuple[int, int], first: bool) -> None:
    bands = bands_of(Job(SAME, 2, 48, 4, size, 4, first))
    for sample in range(2):
        spans = [band.span for part in bands.parts for band in part if band.sample == sample]
        assert [place for span in spans for place in range(span.start, span.stop)] == list(range(size[0] * size[1]))


@pytest.mark.parametrize(
    "window",
    [
        SAME,
        Window((3,), (1,), (3,), ((4, 1),)),
        Window((2, 3), (1, 1), (2, 1), ((0, 2), (1, 0)), 2),
        Window((2, 1, 2), (1, 1, 1), (1, 1, 2), ((1, 0), (0, 0), (1, 1))),
    ],
    ids=["plane", "line", "groups", "volume"],
)
@pytest.mark.parametrize("threads", [1, 2])
def test_products_first_agree_with_the_sum(window: Window, threads: int) -> None:
    rng = np.random.default_rng(1)
    channels, maps, size = 20 * window.groups, 3 * window.groups, (70, 41, 3)[: len(window.kernel)]
    assert products_come_first(window, 20, 3)
    x, w = rng.standard_normal((2, channels, *size)), rng.standard_normal((maps, 20, *window.kernel))
    y = convolve(x, w, window, between=(0.0, None), threads=threads)
    ahead = np.pad(x, [(0, 0), (0, 0), *window.pads])
    expected = np.zeros(y.shape)
    for tap, where in enumerate(window.taps(y.shape[2:])):
        for group in range(window.groups):
            own = slice(20 * group, 20 * group + 20), slice(3 * group, 3 * group + 3)
            by = w[own[1]].reshape(3, 20, -1)[..., tap]
            expected[:, own[1]] += np.einsum("nc...,mc->nm...", ahead[where][:, own[0]], by)
    assert (y.shape, y.dtype) == (expected.shape, x.dtype)
    np.testing.assert_allclose(y, np.maximum(expected, 0), rtol=1e-10, atol=1e-10)  # float64: 180 products a sum
