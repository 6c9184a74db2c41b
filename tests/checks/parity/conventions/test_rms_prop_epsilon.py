import numpy as np
import pytest

from nnlab.checks.parity.conventions.rms_prop_epsilon import RMSPropEpsilon
from nnlab.optimizers.rms_prop import RMSProp


@pytest.mark.parametrize(
    ("words", "move"),
    [
        ("1e-08 inside the root", lambda v, dw: dw / np.sqrt(v + 1e-8)),
        ("1e-07 inside the root", lambda v, dw: dw / np.sqrt(v + 1e-7)),
        ("default of Keras", lambda v, dw: dw / (np.sqrt(v) + 1e-7)),
    ],
)
def test_each_is_its_formula(make, choice, walk, words, move):
    optimizer = choice(RMSPropEpsilon, make(rule=RMSProp(), learning_rate=0.1), words).optimizer
    gradients = [np.array([1e-4, 1.0]), np.array([-2e-4, 3.0])]
    first = 0.1 * gradients[0] ** 2
    second = 0.9 * first + 0.1 * gradients[1] ** 2
    expected = 1 - 0.1 * move(first, gradients[0]) - 0.1 * move(second, gradients[1])
    np.testing.assert_allclose(walk(optimizer, np.ones(2), gradients)[-1], expected, rtol=1e-13)
