import math

import numpy as np
import pytest

from nnlab.checks.parity.conventions.adam_epsilon import AdamEpsilon
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW

GRADIENTS = [np.array([1e-7, 0.3, -2.0]), np.array([2e-7, -0.1, 1.0]), np.array([-1e-7, 0.0, 0.5])]


def by_hand(denominator):
    """The walk of each element from 1 at rate 0.1, as the paper writes it, with another denominator."""
    ends = []
    for element in range(3):
        w, m, v = 1.0, 0.0, 0.0
        for step, gradient in enumerate(GRADIENTS, start=1):
            m, v = 0.9 * m + 0.1 * gradient[element], 0.999 * v + 0.001 * gradient[element] ** 2
            w -= 0.1 * m / (1 - 0.9**step) / denominator(v, 1 - 0.999**step)
        ends.append(w)
    return ends


@pytest.mark.parametrize("rule", [Adam(), AdamW()], ids=["Adam", "AdamW"])
@pytest.mark.parametrize(
    ("words", "denominator"),
    [
        ("1e-08 added to sqrt(v) before", lambda v, c: (math.sqrt(v) + 1e-8) / math.sqrt(c)),
        ("1e-07 added to sqrt(v) before", lambda v, c: (math.sqrt(v) + 1e-7) / math.sqrt(c)),
        ("1e-08 inside", lambda v, c: math.sqrt(v / c + 1e-8)),
        ("default of Keras", lambda v, c: math.sqrt(v / c) + 1e-7),
    ],
)
def test_each_is_its_formula(make, choice, walk, rule, words, denominator):
    """Eight digits: the formulas round in other places, three steps from 1."""
    optimizer = choice(AdamEpsilon, make(rule=rule, learning_rate=0.1), words).optimizer
    np.testing.assert_allclose(walk(optimizer, np.ones(3), GRADIENTS)[-1], by_hand(denominator), rtol=1e-12)
