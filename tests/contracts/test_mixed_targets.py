"""Every registered loss of classes takes mixtures of them: the right gradient, and the same on torch."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")

from nnlab.backends.torch.components import TorchTranslated
from nnlab.checks.loss_checks import example
from nnlab.core.batch import Target
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.losses.base import LOSSES

CASES = [(cls, options) for cls in LOSSES if cls.takes[0] != "values" for options in cls.examples()]
STEP = 1e-6


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("cls", "options"), CASES, ids=[f"{cls.__name__}-{options}" for cls, options in CASES])
def test_a_mixture_has_its_gradient_on_both_backends(cls: type, options: dict, weighted: bool) -> None:
    chance = Rng(7).generator()
    loss = make(cls, options)
    predicted, target = example(loss, 6, 4, chance)
    if weighted:
        target = Target(target.value, chance.uniform(0.5, 2, (6, 1)))
    mixed = target.mixed(chance.permutation(6), 0.7)
    value, gradient = loss(predicted, mixed, Context())
    for _ in range(3):
        way = chance.standard_normal(predicted.shape)
        ahead, behind = (loss(predicted + sign * STEP * way, mixed, Context())[0] for sign in (1, -1))
        # differences of a smooth function: STEP^2 beside the rounding of values near 1 over STEP
        np.testing.assert_allclose((ahead - behind) / (2 * STEP), (gradient * way).sum(), rtol=1e-6, atol=1e-8)
    other, slope = TorchTranslated().loss(loss, predicted, mixed)
    np.testing.assert_allclose(other, value, rtol=1e-12)
    np.testing.assert_allclose(slope, gradient, rtol=1e-10, atol=1e-12)
