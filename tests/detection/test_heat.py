"""Gaussians around peaks, and peaks found again, against the formula place by place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.detection import heat
from nnlab.detection.heat import Peaks, gaussians, highest, spreads
from nnlab.kernels.boxes import iou


def peaks(rows: list[tuple[int, int, int, int]]) -> Peaks:
    return Peaks(*np.array(rows, np.intp).reshape(-1, 4).T)


def test_of_several_gaussians_the_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(0)
    shape, count = (3, 7, 9, 2), 11
    found = Peaks(*(chance.integers(0, n, count) for n in shape))
    spread = chance.uniform(0.3, 2, count)
    wanted = np.zeros(shape)
    for n, i, j, c, s in zip(*found, spread, strict=True):
        y, x = np.mgrid[:7, :9]
        own = np.exp(-((y - i) ** 2 + (x - j) ** 2) / (2 * s * s))
        wanted[n, ..., c] = np.maximum(wanted[n, ..., c], own)
    maps = gaussians(shape, found, spread)
    np.testing.assert_allclose(maps, wanted, atol=heat.NOTHING)
    assert (maps[found.sample, found.row, found.column, found.channel] == 1).all()
    monkeypatch.setattr(heat, "PIECE", 2 * 7 * 9)  # two at a time, so that a map's peaks are in several pieces
    np.testing.assert_array_equal(gaussians(shape, found, spread), maps)


def test_no_peaks_no_light() -> None:
    assert not gaussians((2, 3, 4, 1), peaks([]), np.zeros(0)).any()


def test_a_box_as_far_off_as_three_spreads_overlaps_as_said() -> None:
    sizes = np.array([[10.0, 10.0], [4.0, 30.0], [1.5, 2.0]])
    off = (6 * spreads(sizes, 0.7) - 1) / 2
    boxes = np.concatenate([np.zeros_like(sizes), sizes], axis=1)
    np.testing.assert_allclose(iou(boxes, boxes + off[:, np.newaxis]), 0.7, rtol=1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(1, 8))
def test_peaks_are_what_nothing_around_exceeds(seed: int, rows: int, columns: int, channels: int, most: int) -> None:
    maps = np.random.default_rng(seed).integers(0, 5, (2, rows, columns, channels)) / 4  # many are equal
    wanted = []
    for n in range(2):
        own = [
            (-maps[n, i, j, c], i, j, c)
            for i, j, c in np.ndindex(rows, columns, channels)
            if maps[n, i, j, c] >= max(0.5, maps[n, max(0, i - 1) : i + 2, max(0, j - 1) : j + 2, c].max())
        ]
        wanted += [(n, i, j, c) for _, i, j, c in sorted(own)[:most]]
    assert list(zip(*highest(maps, 0.5, most), strict=True)) == wanted


def test_what_is_no_number_is_no_peak() -> None:
    assert len(highest(np.full((1, 3, 3, 1), np.nan), 0.0, 9).sample) == 0
