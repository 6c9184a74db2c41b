import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import r2_score

from nnlab.core.truth import Values
from nnlab.core.truths import Rows
from nnlab.metrics.residuals import R2, AbsoluteError, MeanError, SquaredError

ANSWERS, TRUTHS = Rows(np.array([[1.0], [2.0], [6.0]])), Rows(np.array([[1.0], [4.0], [4.0]]))


@pytest.mark.parametrize(
    ("metric", "wanted"), [(AbsoluteError(), 4 / 3), (SquaredError(), math.sqrt(8 / 3)), (R2(), 1 - 8 / 6)]
)
def test_by_hand(metric, wanted):
    metric.update(ANSWERS, TRUTHS)
    assert metric.compute() == pytest.approx(wanted, rel=1e-15)


def test_r2_is_the_mean_over_the_values():
    answers, truths = Rows(np.array([[0.0, 1.0], [2.0, 1.0]])), Rows(np.array([[0.0, 0.0], [2.0, 2.0]]))
    metric = R2()
    metric.update(answers, truths)
    assert metric.compute() == (1.0 + 0.0) / 2


def test_r2_of_a_value_that_is_always_the_same_is_not_a_number():
    metric = R2()
    metric.update([Values((1.0,)), Values((2.0,))], [Values((3.0,)), Values((3.0,))])
    assert math.isnan(metric.compute())


@given(arrays(np.float64, (12, 2), elements=st.floats(-1e3, 1e3)), st.integers(1, 11))
def test_r2_is_the_same_in_two_batches_also_far_from_zero(numbers, cut):
    """1e6 beside a spread of 1: sums of squares alone would lose six of sixteen digits twice."""
    truths = Rows(numbers + np.arange(24).reshape(12, 2) + 1e6)
    answers = Rows(truths.numbers + 0.5)
    whole, parts = R2(), R2()
    whole.update(answers, truths)
    for part in (slice(0, cut), slice(cut, 12)):
        parts.update(answers[part], truths[part])
    assert parts.compute() == pytest.approx(whole.compute(), rel=1e-6, nan_ok=True)


def test_an_answer_that_is_not_a_number_makes_the_figure_none():
    metric = AbsoluteError()
    metric.update(Rows(np.array([[math.nan]])), Rows(np.array([[1.0]])))
    assert math.isnan(metric.compute())


@pytest.mark.parametrize("count", [3, 10, 100])
def test_equal_values_have_no_variance_whatever_rounding_leaves(count):
    metric = R2()
    for part in (count - 1, 1):
        metric.update([Values((0.2,))] * part, [Values((0.1,))] * part)
    assert math.isnan(metric.compute())


def test_the_mean_error_has_a_sign_and_is_no_judge():
    metric = MeanError()
    metric.update(Rows(np.array([[1.0, 2.0]])), Rows(np.array([[2.0, 5.0]])))
    metric.update(Rows(np.array([[3.0, 3.0]])), Rows(np.array([[1.0, 3.0]])))
    assert metric.compute() == (-1 - 3 + 2 + 0) / 4
    assert not MeanError.ranks


def test_r2_is_scikit_learns():
    generator = np.random.default_rng(5)
    truths, answers = generator.standard_normal((2, 60, 3))
    metric = R2()
    for part in (slice(0, 7), slice(7, 60)):
        metric.update(Rows(answers[part]), Rows(truths[part]))
    assert metric.compute() == pytest.approx(r2_score(truths, answers), rel=1e-12)
