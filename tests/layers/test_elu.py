import math

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.layers.elu import ELU


def test_by_hand(training):
    x = np.array([[-math.log(2), 0.0, 3.0]])
    y, cache = ELU(alpha=0.5).forward(x, ctx=training)
    np.testing.assert_allclose(y, [[-0.25, 0, 3]], rtol=1e-15)  # 1/2 (1/2 - 1)
    np.testing.assert_allclose(ELU(alpha=0.5).backward(np.full_like(x, 8), cache, training)[0], [[2, 4, 8]], rtol=1e-15)


def test_far_from_zero_nothing_overflows_and_small_values_keep_their_digits(training):
    with np.errstate(all="raise", under="ignore"):
        y, _ = ELU().forward(np.array([[-1e4, -1e-12, 1e4]]), ctx=training)
    np.testing.assert_allclose(y, [[-1, -1e-12, 1e4]], rtol=1e-11)


def test_what_comes_from_minus_infinity_has_a_gradient_of_nothing(training):
    _, cache = ELU(alpha=0.5).forward(np.array([[-np.inf]]), ctx=training)
    np.testing.assert_array_equal(ELU(alpha=0.5).backward(np.ones((1, 1)), cache, training)[0], [[0]])


@pytest.mark.parametrize("alpha", [-1, 0])  # 0 is ReLU
def test_an_alpha_that_is_not_above_zero_is_refused(alpha):
    with pytest.raises(UsageError, match=r"ELU\.alpha"):
        ELU(alpha=alpha)
