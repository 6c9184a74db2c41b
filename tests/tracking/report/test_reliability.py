"""Whether a network is as often right as it is sure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.tracking.report.answers import Answers
from nnlab.tracking.report.reliability import Reliability, reliability


def test_the_error_is_the_mean_distance_from_the_line_by_samples() -> None:
    confidence, right = np.array([0.95, 0.85, 0.85, 0.35]), np.array([True, True, False, False])
    found = Reliability.of(confidence, right)
    assert found.counts.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 2, 1]
    # by hand: 1/4 |1 - 0.95| + 2/4 |0.5 - 0.85| + 1/4 |0 - 0.35|
    assert found.error == pytest.approx(0.275)
    assert found.lean == pytest.approx(0.75 - 0.5)  # mean confidence less accuracy


def test_certainty_falls_in_the_last_bin() -> None:
    assert Reliability.of(np.array([1.0, 0.0]), np.array([True, False])).counts.tolist() == [1, *[0] * 8, 1]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_the_error_is_a_share_and_not_below_the_lean(answers: list[tuple[float, bool]]) -> None:
    found = Reliability.of(np.array([sure for sure, _ in answers]), np.array([right for _, right in answers]))
    assert abs(found.lean) - 1e-9 <= found.error <= 1 + 1e-9  # rounding of sums


def test_a_bar_for_each_bin_that_has_samples_with_its_interval() -> None:
    part = reliability("test", Answers(confidence=[0.95, 0.95, 0.25], right=[True, False, False]))
    assert part.html.count('<rect class="bar') == 2 and part.html.count("whisker") == 2
    assert "2 samples, sure to 95.0%, right in 50.0%" in part.html
    assert "38.3% surer than it is right" in part.intro  # (0.95 + 0.95 + 0.25) / 3 - 1 / 3


def test_answers_without_confidence_have_none() -> None:
    assert "Not recorded" in reliability("test", Answers(counts={("a", "a"): 1})).intro
