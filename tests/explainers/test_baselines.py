import numpy as np

from nnlab.core.rng import Rng
from nnlab.explainers.base import Question
from nnlab.explainers.baselines import baseline_of, blurred


def test_black_and_mean_are_one_colour() -> None:
    x = Rng(0).generator().random((5, 4, 2)).astype(np.float32)
    question = Question(x, 0, np.array([-1.0, 2.0]))
    black, mean = baseline_of(question, "black"), baseline_of(question, "mean")
    assert black.shape == mean.shape == x.shape and black.dtype == mean.dtype == np.float32
    assert (black == np.array([-1, 2], np.float32)).all()
    np.testing.assert_allclose(mean, np.broadcast_to(x.mean(axis=(0, 1)), x.shape), rtol=1e-6)


def test_blur_is_a_gaussian_mean_with_mirrored_edges() -> None:
    x = Rng(1).generator().random((6, 5, 2))
    sigma, expected = 0.9, np.zeros((6, 5, 2))
    padded = np.pad(x, ((6, 6), (5, 5), (0, 0)), mode="symmetric")
    for i, j in np.ndindex(6, 5):
        rows = np.exp(-((np.arange(18) - 6 - i) ** 2) / (2 * sigma**2))
        columns = np.exp(-((np.arange(15) - 5 - j) ** 2) / (2 * sigma**2))
        share = np.outer(rows / rows.sum(), columns / columns.sum())
        expected[i, j] = (share[:, :, None] * padded).sum(axis=(0, 1))
    np.testing.assert_allclose(blurred(x, sigma), expected, rtol=1e-12)


def test_an_even_picture_stays_as_it_is() -> None:
    np.testing.assert_allclose(blurred(np.full((8, 6, 3), 0.7), 1.0), 0.7, rtol=1e-12)
