import math

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.losses.binary_cross_entropy import BinaryCrossEntropy
from nnlab.losses.focal import Focal


def of(loss, logit, yes):
    """The loss of one output."""
    return loss(np.array([[logit]]), Target(np.array([[float(yes)]])), Context())


@pytest.mark.parametrize(("p", "wanted"), [(0.9, 0.00026340128914456573), (0.1, 0.46627348133129426)])
def test_golden_values(p, wanted):
    """alpha (1 - p)^gamma times minus the logarithm of p."""
    assert of(Focal(alpha=0.25, gamma=2.0), math.log(p / (1 - p)), yes=True)[0] == pytest.approx(wanted, rel=1e-13)


def test_a_no_counts_by_the_rest_of_alpha():
    assert of(Focal(alpha=0.25), 0.7, yes=False)[0] == pytest.approx(
        3 * of(Focal(alpha=0.25), -0.7, yes=True)[0], rel=1e-14
    )


def test_without_alpha_and_gamma_it_is_binary_cross_entropy():
    generator = np.random.default_rng(0)
    z, y = generator.standard_normal((5, 3)), generator.integers(2, size=(5, 3)).astype(float)
    loss, dz = Focal(alpha=None, gamma=0.0)(z, Target(y), Context())
    plain, plain_dz = BinaryCrossEntropy()(z, Target(y), Context())
    assert loss == pytest.approx(plain, rel=1e-15)
    np.testing.assert_allclose(dz, plain_dz, rtol=1e-14)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_what_is_surely_right_has_neither_loss_nor_slope(gamma):
    loss, dz = of(Focal(gamma=gamma), 2000.0, yes=True)
    assert (loss, dz.tolist()) == (0.0, [[0.0]])
