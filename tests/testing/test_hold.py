import math

import pytest

from nnlab.checks.findings import Finding
from nnlab.testing.hold import hold, run


def test_the_first_finding_above_its_limit_is_named():
    with pytest.raises(AssertionError, match=r"here \(relative error 0.5, 0.1 allowed\)"):
        hold([Finding("before", 0.1, 0.1), Finding("here", 0.5, 0.1)])


def test_nan_is_a_failure():
    with pytest.raises(AssertionError, match="here"):
        hold([Finding("here", math.nan, 0.1)])


def test_nothing_looked_at_is_no_pass():
    with pytest.raises(AssertionError, match="examples"):
        hold([])


def test_run_names_subject_and_check():
    def is_even(number):
        assert number % 2 == 0, "it is odd"

    run([is_even], 2, "two")
    with pytest.raises(AssertionError, match="three: is_even: it is odd"):
        run([is_even], 3, "three")
