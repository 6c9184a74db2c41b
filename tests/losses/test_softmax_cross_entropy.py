import math

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.layers.softmax import Softmax
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy


def test_by_hand():
    loss, dz = SoftmaxCrossEntropy()(np.array([[0.0, math.log(3)]]), Target(np.array([[1.0, 0.0]])), Context())
    assert loss == pytest.approx(math.log(4), rel=1e-15)
    np.testing.assert_allclose(dz, [[-0.75, 0.75]], rtol=1e-15)  # a - y


def test_fused_equals_softmax_then_cross_entropy():
    """F7: the gradient with and without the a - y shortcut."""
    generator = np.random.default_rng(0)
    z, y = generator.standard_normal((6, 4)) * 3, np.eye(4)[generator.integers(4, size=6)]
    ctx = Context()
    fused, dz = SoftmaxCrossEntropy()(z, Target(y), ctx)
    a, cache = Softmax().forward(z, ctx=ctx)
    apart, da = CrossEntropy()(a, Target(y), ctx)
    assert fused == pytest.approx(apart, rel=1e-14)
    np.testing.assert_allclose(dz, Softmax().backward(da, cache, ctx)[0], rtol=1e-12, atol=1e-15)


def test_it_is_exact_where_the_probability_rounds_to_zero():
    loss, dz = SoftmaxCrossEntropy()(
        np.array([[0, 2000]], np.float32), Target(np.array([[1, 0]], np.float32)), Context()
    )
    assert loss == 2000
    np.testing.assert_array_equal(dz, np.array([[-1, 1]], np.float32))


def test_a_perfect_score_is_zero_and_not_minus_zero():
    loss, _ = SoftmaxCrossEntropy()(np.array([[1e3, 0.0]]), Target(np.array([[1.0, 0.0]])), Context())
    assert math.copysign(1, loss) == 1 and loss == 0
