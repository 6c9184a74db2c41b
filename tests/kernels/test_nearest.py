import numpy as np
import pytest

from nnlab.kernels import nearest


@pytest.mark.parametrize("block", [nearest.BLOCK, 25])
@pytest.mark.parametrize("most", [1, 3, 12, 50])
def test_the_nearest_are_those_of_brute_force(most, block, monkeypatch):
    monkeypatch.setattr(nearest, "BLOCK", block)
    chance = np.random.default_rng(0)
    queries, others = chance.integers(-2, 3, (7, 3)) + 0.25, chance.integers(-2, 3, (12, 3)) + 0.25  # with many ties
    places, cosines = nearest.nearest(queries, others, most)
    for query, found, shares in zip(queries, places, cosines, strict=True):
        every = others @ query / np.linalg.norm(others, axis=1) / np.linalg.norm(query)
        assert len(found) == min(most, 12)
        np.testing.assert_allclose(shares, np.sort(every)[::-1][: len(found)])
        np.testing.assert_allclose(every[found], shares)


def test_equal_ones_come_in_their_order_and_no_numbers_last():
    others = np.array([[0.0, np.nan], [2.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    places, cosines = nearest.nearest(np.array([[1.0, 0.0]]), others, 4)
    assert places.tolist() == [[1, 2, 3, 0]] and cosines[0, 3] == -np.inf


def test_nothing_to_find():
    places, cosines = nearest.nearest(np.ones((2, 3)), np.ones((0, 3)), 5)
    assert places.shape == cosines.shape == (2, 0)
