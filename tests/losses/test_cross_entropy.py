import math

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy


def test_by_hand():
    loss, dp = CrossEntropy()(np.array([[0.5, 0.5], [0.2, 0.8]]), Target(np.array([[1.0, 0.0], [0.0, 1.0]])), Context())
    assert loss == pytest.approx(-(math.log(0.5) + math.log(0.8)) / 2, rel=1e-15)
    np.testing.assert_allclose(dp, [[-1, 0], [0, -0.625]], rtol=1e-15)  # -y / p / 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_probability_of_zero_costs_the_logarithm_of_the_smallest_number(dtype):
    loss, dp = CrossEntropy()(np.array([[0, 1]], dtype), Target(np.array([[1, 0]], dtype)), Context())
    assert loss == pytest.approx(-math.log(np.finfo(dtype).tiny), rel=1e-6)
    assert dp.dtype == dtype
    assert np.isfinite(dp).all()
    assert dp[0, 0] < -1e30


def test_its_form_for_logits_is_fused_and_back():
    fused = CrossEntropy().of("logits")
    assert type(fused) is SoftmaxCrossEntropy
    assert type(fused.of("probabilities")) is CrossEntropy
    assert fused.of("logits") is fused


def test_a_perfect_score_is_zero_and_not_minus_zero():
    loss, _ = CrossEntropy()(np.array([[1.0, 0.0]]), Target(np.array([[1.0, 0.0]])), Context())
    assert math.copysign(1, loss) == 1 and loss == 0
