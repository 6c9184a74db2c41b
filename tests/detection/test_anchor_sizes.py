"""Sizes of anchors: found again where they were planted, the same whatever the order."""

import numpy as np
import pytest

from nnlab.detection.anchor_sizes import clustered, overlaps_of_sizes


def test_overlap_of_sizes_by_hand() -> None:
    assert overlaps_of_sizes(np.array([2.0, 4.0]), np.array([4.0, 2.0])) == pytest.approx(4 / 12)
    assert overlaps_of_sizes(np.array([2.0, 4.0]), np.array([2.0, 4.0])) == 1


def test_planted_sizes_are_found_in_any_order() -> None:
    chance = np.random.default_rng(3)
    planted = np.array([[10.0, 10.0], [40.0, 20.0], [30.0, 90.0]])
    sizes = np.concatenate([size * chance.uniform(0.95, 1.05, (50, 2)) for size in planted])
    found = clustered(sizes, 3)
    np.testing.assert_allclose(found, planted, rtol=0.02)  # the mean of 50 numbers that are within 5%
    assert (clustered(chance.permutation(sizes), 3) == found).all()


def test_more_anchors_fit_better() -> None:
    sizes = np.random.default_rng(4).uniform(5, 60, (300, 2))
    found = [overlaps_of_sizes(sizes[:, None], clustered(sizes, count)[None]) for count in (1, 2, 3, 5, 9)]
    fits = [overlaps.max(axis=1).mean() for overlaps in found]
    assert fits == sorted(fits) and fits[0] < 0.6 < 0.7 < fits[-1]


def test_of_few_different_boxes_there_are_few_sizes() -> None:
    assert clustered(np.array([[3.0, 4.0]] * 5), 3).tolist() == [[3, 4]]
    assert clustered(np.array([[9.0, 4.0], [3.0, 4.0]]), 3).tolist() == [[3, 4], [9, 4]]
