import numpy as np

from nnlab.checks.parity.conventions.adam_correction import AdamCorrection


def test_the_first_step_is_as_long_as_it_says(make, choice, walk):
    """(1 - beta1) / sqrt(1 - beta2), whatever the gradient."""
    optimizer = choice(AdamCorrection, make(learning_rate=0.1), "no bias correction").optimizer
    (end,) = walk(optimizer, np.zeros(2), [np.array([3.0, -0.5])])
    np.testing.assert_allclose(end, [-0.1 * 0.1 / 0.001**0.5, 0.1 * 0.1 / 0.001**0.5], rtol=1e-6)  # epsilon


def test_the_second_step_is_its_formula(make, choice, walk):
    optimizer = choice(AdamCorrection, make(learning_rate=0.1), "no bias correction").optimizer
    first, second = walk(optimizer, np.zeros(1), [np.array([2.0]), np.array([4.0])])
    m, v = 0.9 * 0.2 + 0.1 * 4.0, 0.999 * 0.004 + 0.001 * 16.0
    np.testing.assert_allclose(second, first - 0.1 * m / (v**0.5 + 1e-8), rtol=1e-14)
