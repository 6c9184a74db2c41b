from statistics import NormalDist

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.layers.gelu import GELU

XS = (-3.0, -1.0, -0.25, 0.0, 0.5, 1.0, 2.0)


def test_the_normal_distribution_is_that_of_the_standard_library(training):
    normal, x = NormalDist(), np.array([XS])
    y, cache = GELU().forward(x, ctx=training)
    np.testing.assert_allclose(y, [[v * normal.cdf(v) for v in XS]], rtol=1e-12, atol=1e-15)
    dx = GELU().backward(np.ones_like(x), cache, training)[0]
    np.testing.assert_allclose(dx, [[normal.cdf(v) + v * normal.pdf(v) for v in XS]], rtol=1e-12)


def test_the_approximation_is_within_its_bound(training):
    x = np.linspace(-6, 6, 2001)[None]
    exact, near = (GELU(approximate=form).forward(x, ctx=training)[0] for form in ("none", "tanh"))
    assert 1e-4 < abs(exact - near).max() < 5e-4


def test_another_form_is_refused():
    with pytest.raises(UsageError, match=r"GELU\.approximate"):
        GELU(approximate="sigmoid")
