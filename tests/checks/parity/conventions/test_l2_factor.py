import numpy as np

from nnlab.checks.parity.conventions.l2_factor import L2Factor
from nnlab.optimizers.constant import Constant


def test_twice_the_gradient_and_twice_the_price(make, choice, walk):
    subject = make(rule=Constant(), learning_rate=0.1, weight_decay=0.3)
    other = choice(L2Factor, subject, "2 weight_decay w")
    (end,) = walk(other.optimizer, np.array([2.0]), [np.zeros(1)])
    np.testing.assert_allclose(end, 2 - 0.1 * 2 * 0.3 * 2, rtol=1e-15)
    weights = other.graph.parameters
    squares = sum(float((p.value**2).sum()) for p in weights if p.penalised)
    np.testing.assert_allclose(other.optimizer.penalty.value(weights), 0.3 * squares, rtol=1e-14)
