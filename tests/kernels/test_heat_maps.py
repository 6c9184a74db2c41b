"""Bumps and where they are: against places that were known, of real animals and of every part of a map."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.kernels.heat_maps import DECODERS, discs, gaussians, highest, places_of, voted


@pytest.fixture(scope="session")
def mice(shared_data):
    """The 372 points of keypoints_mouse, in pixels.  Shapes:  (93, 4, 2)"""
    with (shared_data / "keypoints_mouse" / "keypoints.csv").open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([list(map(float, row[1:])) for row in rows]).reshape(-1, 4, 2)


def far(said, true):
    return np.hypot(*np.moveaxis(said - true, -1, 0))


@pytest.mark.parametrize(
    ("decoder", "expected"), [("argmax", 1.576), ("quarter", 0.762), ("centroid", 0.585), ("log-quadratic", 0.0)]
)
def test_decoders_are_off_by_what_the_specification_measured(mice, decoder, expected):
    """Stride 4, sigma 1.5 cells, the centre of cell i at 4 i + 1.5; in pixels, golden.json."""
    maps = gaussians((mice - 1.5) / 4, 60, 80, 1.5)
    places, heights = places_of(maps, decoder)
    off = far(4 * places + 1.5, mice)
    assert off.size == 372 and off.mean() == pytest.approx(expected, abs=0.0006)  # golden.json has three digits
    if decoder == "log-quadratic":
        assert off.max() < 0.01
    assert (heights > 0.89).all()  # exp(-1 / 9): half a cell off across and down


@given(st.floats(-0.5, 9.49), st.floats(-0.5, 5.49), st.floats(0.6, 3))
def test_a_bump_is_found_wherever_it_is(x, y, sigma):
    places, _ = places_of(gaussians(np.array([[[x, y]]]), 6, 10, sigma))
    assert far(places, np.array([x, y])) < 1e-3  # cells: logarithms of float32


def test_each_decoder_by_hand():
    maps = np.zeros((1, 5, 5, 1), np.float32)
    maps[0, 2, 1:4, 0] = [0.5, 1, 0.25]
    maps[0, 1, 2, 0] = maps[0, 3, 2, 0] = 0.5
    found = {name: places_of(maps, name)[0][0, 0].tolist() for name in DECODERS}
    assert found["argmax"] == [2, 2]
    assert found["quarter"] == [1.75, 2]
    assert found["centroid"] == pytest.approx([2 - 0.25 / 2.75, 2])
    # a, b, c = log 1/2, 0, log 1/4: (a - c) / (2 (a - 2 b + c)) = log 2 / (2 (-3 log 2)) = -1/6
    assert found["log-quadratic"] == pytest.approx([2 - 1 / 6, 2])


@pytest.mark.parametrize("decoder", DECODERS)
def test_what_is_no_bump_is_still_a_place_of_the_map(decoder):
    chance = np.random.default_rng(0)
    for maps in (np.zeros((2, 3, 4, 2)), -chance.random((2, 3, 4, 2)), chance.standard_normal((2, 3, 4, 2)),
                 np.ones((1, 1, 1, 1)), chance.random((2, 2, 1, 3))):  # fmt: skip
        places, _ = places_of(maps.astype(np.float32), decoder)
        assert np.isfinite(places).all()
        assert (places >= -1).all() and (places <= np.array(maps.shape[2:0:-1])).all()


@pytest.mark.parametrize("decoder", DECODERS)
def test_a_map_with_a_nan_has_no_place_and_spoils_no_other(decoder):
    maps = gaussians(np.array([[[1.0, 1], [2, 1]]]), 4, 5, 1.5)
    maps[0, 3, 3, 0] = np.nan
    places, heights = places_of(maps, decoder)
    assert np.isnan(places[0, 0]).all() and np.isnan(heights[0, 0])
    assert places[0, 1] == pytest.approx([2, 1], abs=0.4)


def test_the_first_of_equals_is_the_highest():
    cells, heights = highest(np.ones((1, 2, 3, 1)))
    assert cells.tolist() == [[[0, 0]]] and heights.tolist() == [[1]]


@given(st.floats(0, 15), st.floats(0, 11), st.floats(0.75, 6))
def test_every_vote_within_the_radius_lands_on_the_point(x, y, radius):
    near, towards = discs(np.array([[[x, y]]]), 12, 16, radius)
    rows, columns = np.nonzero(near[0, :, :, 0])
    assert len(rows)
    votes = np.stack([columns, rows], axis=-1) + radius * towards[0, rows, columns, 0]
    assert far(votes, np.array([x, y])).max() < 1e-4  # float32; of half a pixel that is allowed
    places, heights = voted(near, towards, radius)
    assert far(places, np.array([x, y])) < 1e-4 and heights == 1
    outside = np.hypot(columns - x, rows - y)
    assert outside.max() <= radius * (1 + 1e-6)


def test_votes_count_by_their_height_and_the_others_not():
    near, towards = discs(np.array([[[3.0, 2.0]]]), 6, 7, 1.0)  # five cells, of which the first, 3, 1, is the highest
    near[0, 2, 4, 0] = 0.5
    towards[0, 2, 4, 0] = [1.0, 0.0]  # says 5, 2 instead of 3, 2
    towards[0, 0, 0, 0] = [100.0, 100.0]  # far from the highest
    places, _ = voted(near, towards, 1.0)
    assert places[0, 0] == pytest.approx([(4 * 3 + 0.5 * 5) / 4.5, 2])
