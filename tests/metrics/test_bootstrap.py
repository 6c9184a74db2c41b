import numpy as np
import pytest

from nnlab.core.truth import Label, Mask
from nnlab.core.truths import Labels, Rows
from nnlab.metrics.bootstrap import bootstrap
from nnlab.metrics.classes import Classes
from nnlab.metrics.interval import wilson
from nnlab.metrics.residuals import AbsoluteError


def test_of_a_share_it_is_near_wilsons() -> None:
    """160 of 200 right: both are 2 x 1.96 sqrt(p (1 - p) / n) wide, but for what 500 draws leave open."""
    answers, truths = Labels(np.array([0] * 160 + [1] * 40)), Labels(np.zeros(200, np.intp))
    found = bootstrap(Classes(), answers, truths)
    assert found is not None and found == pytest.approx(wilson(0.8, 200), abs=0.015)
    assert bootstrap(Classes(), answers, truths) == found


def test_of_errors_it_holds_their_mean() -> None:
    """Errors spread evenly from 0 to 1: mean 1/2, its standard error sqrt(1 / 12 / 300) = 0.0167."""
    errors = np.random.default_rng(0).random((300, 1))
    found = bootstrap(AbsoluteError(), Rows(errors), Rows(np.zeros((300, 1))))
    assert found is not None
    # 0.005: what 500 draws leave open of an end
    assert found == pytest.approx((errors.mean() - 0.0327, errors.mean() + 0.0327), abs=0.005)


def test_too_few_and_what_is_no_array_have_none() -> None:
    assert bootstrap(Classes(), Labels(np.zeros(1, np.intp)), Labels(np.zeros(1, np.intp))) is None
    masks = [Mask(np.zeros((2, 2), np.int64))] * 3
    assert bootstrap(Classes(), masks, masks) is None
    assert bootstrap(Classes(), (Label(0), Label(1)), (Label(0), Label(1))) is None
