import numpy as np
import pytest

from nnlab.tracking import nearness
from nnlab.tracking.nearness import cosines, most_wrong, plane

SQUARE = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])


def test_cosines_of_pairs_within_and_between():
    found = cosines(SQUARE, np.array([0, 0, 1, 1]))
    assert (found.mean_within, found.mean_between) == (0, pytest.approx(-0.5))  # of two: -1, 0, 0, -1
    assert found.between[0] == 0.5 and found.within.sum() == pytest.approx(1)


def test_of_many_an_even_choice_is_compared(monkeypatch):
    monkeypatch.setattr(nearness, "MOST_SAMPLES", 10)
    vectors = np.random.default_rng(0).standard_normal((500, 3))
    found = cosines(vectors, np.arange(500) % 2)
    assert found.within.sum() == pytest.approx(1)


def test_the_plane_holds_what_lies_in_one():
    places = np.random.default_rng(0).standard_normal((30, 2)) * (3, 1)
    vectors = places @ np.linalg.qr(np.random.default_rng(1).standard_normal((5, 5)))[0][:2]
    found, share = plane(vectors)
    assert share == pytest.approx(1)
    between = np.linalg.norm(found[:, None] - found[None], axis=-1)
    np.testing.assert_allclose(between, np.linalg.norm(places[:, None] - places[None], axis=-1), atol=1e-9)
    assert plane(np.ones((4, 1)))[0].shape == (4, 2)


def test_the_queries_that_prefer_others_most_come_first():
    vectors = np.array([[1, 0], [1, 0.1], [0, 1], [1, 0.2], [1, 0.9]])
    (first, *others) = most_wrong(vectors, np.array([0, 1, 0, 1, 0]), 10)
    assert (first.place, first.nearest, first.own, first.rank) == (0, 1, 4, 3)
    assert [query.place for query in others] == [4]
    assert most_wrong(vectors, np.zeros(5, int), 10) == []
