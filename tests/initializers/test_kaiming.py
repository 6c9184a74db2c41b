import numpy as np
import pytest

from nnlab.initializers.kaiming import Kaiming


def test_mean_variance_and_tails_are_those_of_its_normal():
    w = Kaiming().draw((400, 100), np.random.default_rng(0))
    sigma = np.sqrt(2 / 400)
    assert w.mean() == pytest.approx(0, abs=5 * sigma / 200)  # five standard errors of 40,000 draws
    assert w.std() == pytest.approx(sigma, rel=5 / np.sqrt(2 * w.size))
    assert np.mean(np.abs(w) > 2 * sigma) == pytest.approx(0.0455, abs=0.006)  # a uniform one would have none
