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


def test_without_anything_below_zero_it_is_a_rectifier(training):
    y, cache = ELU(alpha=0).forward(np.array([[-2.0, 3.0]]), ctx=training)
    np.testing.assert_array_equal(y, [[0, 3]])
    np.testing.assert_array_equal(ELU(alpha=0).backward(np.ones((1, 2)), cache, training)[0], [[0, 1]])


def test_a_negative_alpha_is_refused():
    with pytest.raises(UsageError, match=r"ELU\.alpha"):
        ELU(alpha=-1)
