"""The mean, and ridge regression: against scikit-learn's and by hand."""

import numpy as np
import pytest

from nnlab.baselines.regression import Mean, Ridge
from nnlab.core.truths import Rows, rows_of


def samples(count, values=1, seed=0):
    chance = np.random.default_rng(seed)
    pixels = chance.random((count, 3, 4, 1), dtype=np.float32)
    weights = chance.standard_normal((12, values))
    return pixels, pixels.reshape(count, 12) @ weights + 5 + 0.1 * chance.standard_normal((count, values))


def test_the_mean_is_said_of_every_picture():
    mean = Mean()
    mean.fit(np.zeros((3, 1, 1, 1), np.float32), Rows(np.array([[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]])))
    assert rows_of(mean.answers(np.ones((2, 1, 1, 1), np.float32))).tolist() == [[3, 30], [3, 30]]


def test_ridge_is_scikit_learn_s_by_the_penalty_that_leaving_one_out_chooses():
    linear = pytest.importorskip("sklearn.linear_model")
    pixels, wanted = samples(40, values=2)
    rows = pixels.reshape(40, 12).astype(np.float64)
    centred = rows - rows.mean(axis=0)
    penalties = Ridge.PENALTIES * np.square(centred).sum() / 40  # the mean eigenvalue of X X'
    theirs = min(
        penalties,
        key=lambda p: sum(
            np.square(linear.Ridge(alpha=p).fit(np.delete(rows, i, 0), np.delete(wanted, i, 0)).predict(rows[[i]])
                      - wanted[i]).sum()
            for i in range(40)
        ),
    )  # fmt: skip
    ours = Ridge()
    ours.fit(pixels, Rows(wanted))
    new, _ = samples(7, seed=1)
    expected = linear.Ridge(alpha=theirs).fit(rows, wanted).predict(new.reshape(7, 12))
    # 1e-4: pixels and weights are float32, sums of a dozen
    np.testing.assert_allclose(rows_of(ours.answers(new)), expected, rtol=1e-4)


@pytest.mark.parametrize("count", [1, 2])
def test_a_sample_or_two_are_enough(count):
    pixels, wanted = samples(count)
    ridge = Ridge()
    ridge.fit(pixels, Rows(wanted))
    assert np.isfinite(rows_of(ridge.answers(pixels))).all()


def test_pictures_that_are_all_alike_say_the_mean():
    ridge = Ridge()
    ridge.fit(np.full((4, 2, 2, 1), 0.3, np.float32), Rows(np.array([[1.0], [2], [3], [6]])))
    # 1e-12: rounding of a mean of four
    np.testing.assert_allclose(rows_of(ridge.answers(np.zeros((1, 2, 2, 1), np.float32))), [[3]], rtol=1e-12)
