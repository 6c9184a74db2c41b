import numpy as np
import pytest

from nnlab.initializers.rand import Rand


def test_it_is_uniform_between_zero_and_one_whatever_the_shape():
    for shape in ((400, 100), (40_000,)):
        w = Rand().draw(shape, np.random.default_rng(0))
        assert 0 <= w.min() < 0.001
        assert 0.999 < w.max() < 1
        assert w.mean() == pytest.approx(0.5, abs=0.01)
