import math

import pytest

from nnlab.metrics.weighted_mean import WeightedMean


def test_batches_weigh_by_their_samples():
    mean = WeightedMean()
    mean.update(1.0, 100)
    mean.update(4.0, 50)
    assert mean.compute() == pytest.approx(2.0, rel=1e-15)
    mean.reset()
    assert math.isnan(mean.compute())
