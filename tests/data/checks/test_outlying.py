"""Outliers by what most numbers are like."""

import numpy as np
import pytest

from nnlab.data.checks.outlying import far_off, middle


def test_the_deviation_of_normal_numbers_is_theirs_and_outliers_do_not_change_it() -> None:
    numbers = np.random.default_rng(0).normal(10, 2, 10_001)
    assert middle(numbers) == pytest.approx((10, 2), abs=0.06)  # 2 / sqrt(10,000) times 3
    numbers[:1000] = 1e9
    assert middle(numbers) == pytest.approx((10.2, 2.2), abs=0.2)


def test_far_is_what_is_beyond_both_reaches() -> None:
    values = np.array([1.0, 2, 3, 4, 5, 100, -50, np.nan])
    # the median is 3; distances 2 1 0 1 2 97 53 have the median 2, so the deviation is 2.9652
    assert far_off(values, 5, 0).tolist() == [0, 0, 0, 0, 0, 97, -53, 0]
    assert far_off(values, 20, 0).tolist() == [0, 0, 0, 0, 0, 97, 0, 0]
    assert far_off(values, 5, 60).tolist() == [0, 0, 0, 0, 0, 97, 0, 0]


def test_nothing_is_far_from_nothing() -> None:
    assert far_off(np.full(3, np.nan), 5, 0).tolist() == [0, 0, 0]
    assert far_off(np.empty(0), 5, 0).tolist() == []
