import math

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.losses.focal import Focal
from nnlab.losses.gaussian_focal import GaussianFocal


def of(z, y, weight=None, **options):
    """The loss of a map of one sample."""
    return GaussianFocal(**options)(np.array(z, float), Target(np.array(y, float), weight), Context())


def test_values_worked_by_hand():
    """A peak said with p = 0.8; beside it, where y = 0.5, p = 0.4; far away p = 0.1; one peak divides.

    0.2^2 (-log 0.8) + 0.5^4 0.4^2 (-log 0.6) + 0.1^2 (-log 0.9)
    """
    z = [[[math.log(p / (1 - p))] for p in (0.8, 0.4, 0.1)]]
    wanted = 0.04 * -math.log(0.8) + 0.0625 * 0.16 * -math.log(0.6) + 0.01 * -math.log(0.9)
    assert of(z, [[[1], [0.5], [0]]])[0] == pytest.approx(wanted, rel=1e-14)


def test_it_is_divided_by_the_number_of_peaks_and_by_one_where_there_is_none():
    z = np.random.default_rng(0).standard_normal((1, 6, 2))
    dark = of(z, np.zeros((1, 6, 2)))[0]
    p = 1 / (1 + np.exp(-z))
    assert dark == pytest.approx((p**2 * -np.log(1 - p)).sum(), rel=1e-13)
    y = np.zeros((1, 6, 2))
    y[0, [0, 2, 5], [0, 1, 1]] = 1
    wanted = np.where(y == 1, (1 - p) ** 2 * -np.log(p), p**2 * -np.log(1 - p)).sum() / 3
    assert of(z, y)[0] == pytest.approx(wanted, rel=1e-13)


def test_of_yes_and_no_alone_it_is_the_focal_loss_by_the_number_of_yes():
    generator = np.random.default_rng(1)
    z, y = generator.standard_normal((5, 3)), np.eye(3)[generator.integers(3, size=5)]
    loss, dz = GaussianFocal()(z, Target(y), Context())
    plain, plain_dz = Focal(alpha=None)(z, Target(y), Context())
    assert loss == pytest.approx(plain * 3, rel=1e-14)  # 15 numbers, 5 of them yes
    np.testing.assert_allclose(dz, 3 * plain_dz, rtol=1e-12)


def test_a_place_without_weight_is_no_peak_either():
    z, y = np.random.default_rng(2).standard_normal((1, 3, 1)), [[[1], [1], [0]]]
    weight = np.array([1.0, 0.0, 1.0]).reshape(1, 3, 1)
    assert of(z, y, weight)[0] == pytest.approx(of(z[:, [0, 2]], [[[1], [0]]])[0], rel=1e-14)
    assert of(z, y, np.zeros((1, 3, 1)))[0] == 0


@pytest.mark.parametrize("z", [2000.0, -2000.0])
@pytest.mark.parametrize("y", [0.0, 0.9, 1.0])
def test_huge_log_odds_have_finite_losses_and_slopes(z, y):
    loss, dz = of([[[z]]], [[[y]]])
    right = (z > 0) == (y == 1)
    assert loss == (0 if right else pytest.approx(2000 * (1 if y == 1 else (1 - y) ** 4), rel=1e-12))
    assert abs(dz.item()) == (0 if right else pytest.approx(1 if y == 1 else (1 - y) ** 4, rel=1e-12))
