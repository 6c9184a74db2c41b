import itertools
import math

import numpy as np
import pytest

from nnlab.core.truths import Labels
from nnlab.metrics.calibration_error import CalibrationError


def of(metric, sure, right):
    """Of two classes, the first of which is said with these probabilities."""
    scores = np.stack([sure, 1 - np.asarray(sure)], axis=1)
    metric.update(Labels(np.zeros(len(sure), int), scores), Labels(1 - np.asarray(right, int)))
    return metric


def test_by_hand():
    """Two bins from 0.5 on (of four): 0.6 and 0.7, one right; 0.9 alone, right; 1.0, wrong."""
    metric = of(CalibrationError(bins=4), [0.6, 0.7], [1, 0])
    of(metric, [0.9, 1.0], [1, 0])
    assert metric.compute() == pytest.approx((abs(1 - 1.3) + abs(1 - 1.9)) / 4, rel=1e-14)


def test_a_bin_has_its_upper_end():
    metric = of(CalibrationError(bins=2), [0.5, 0.6], [1, 0])
    assert metric.compute() == pytest.approx((0.5 + 0.6) / 2, rel=1e-15)


def test_it_is_the_definition_in_fifteen_bins():
    generator = np.random.default_rng(0)
    sure, right = generator.uniform(0.5, 1, 500), generator.integers(2, size=500)
    edges, expected = np.linspace(0, 1, 16), 0.0
    for low, high in itertools.pairwise(edges):
        inside = (sure > low) & (sure <= high)
        if inside.any():
            expected += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    assert of(CalibrationError(), sure, right).compute() == pytest.approx(expected, rel=1e-12)


def test_a_score_that_is_no_number_makes_it_none():
    assert math.isnan(of(CalibrationError(), [0.6, math.nan], [1, 1]).compute())


def test_figures_of_other_bins_have_names_of_their_own():
    assert [CalibrationError(bins=bins).figure_key for bins in (15, 10)] == ["ece", "ece10"]
