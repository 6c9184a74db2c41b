import numpy as np
import pytest

from nnlab.initializers.glorot_uniform import GlorotUniform


def test_it_fills_its_interval_evenly():
    w = GlorotUniform().draw((400, 100), np.random.default_rng(0))
    limit = np.sqrt(6 / 500)
    assert -limit <= w.min() < -0.999 * limit
    assert 0.999 * limit < w.max() <= limit
    assert w.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)
