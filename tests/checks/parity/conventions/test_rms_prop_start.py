import numpy as np

from nnlab.checks.parity.conventions.rms_prop_start import RMSPropStart
from nnlab.optimizers.rms_prop import RMSProp


def test_starts_at_one_and_goes_on_from_there(make, choice, walk):
    optimizer = choice(RMSPropStart, make(rule=RMSProp(), learning_rate=0.1), "starts at 1").optimizer
    first = 0.9 * 1 + 0.1 * 4
    second = 0.9 * first + 0.1 * 9
    expected = 1 - 0.1 * 2 / (first**0.5 + 1e-8) - 0.1 * 3 / (second**0.5 + 1e-8)
    np.testing.assert_allclose(
        walk(optimizer, np.ones(1), [np.full(1, 2.0), np.full(1, 3.0)])[-1], expected, rtol=1e-14
    )
