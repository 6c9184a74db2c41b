"""Two-way analysis of variance: the golden table, simulated ones, and edges."""

import math

import numpy as np
import pytest

from nnlab.metrics.variance_components import Components, crossed


def test_the_golden_table() -> None:
    # row means 2, 3, 7 (variance 7), column means 3, 4, 5 (variance 1), nothing left
    found = crossed([[1, 2, 3], [2, 3, 4], [6, 7, 8]])
    assert (found.rows, found.columns, found.rest, found.cut) == (pytest.approx(7), pytest.approx(1), 0, ())
    assert (found.mean, found.total) == (4, pytest.approx(8))


def test_by_hand_with_a_rest() -> None:
    # means 1 and 2 by row, 1 and 2 by column, 1.5 in all: what is left is +-1/2 throughout, its square 1/4 four times
    # over one degree of freedom: 1. Rows: 2 * 1/2 = 1, less 1, is 0; so are columns.
    found = crossed([[1, 1], [1, 3]])
    assert (found.rest, found.rows, found.columns, found.cut) == (1, 0, 0, ())


def test_what_would_be_negative_is_cut_off_and_said() -> None:
    found = crossed([[0, 1], [1, 0]])  # rows and columns have equal means: 0 less the rest
    assert (found.rows, found.columns, found.rest, found.cut) == (0, 0, 1, ("rows", "columns"))


def simulated(seed: int, side: int = 40) -> Components:
    draw = np.random.default_rng(seed).standard_normal
    return crossed(50 + 3 * draw((side, 1)) + draw((1, side)) + 0.5 * draw((side, side)))


def test_a_simulated_table_is_recovered() -> None:
    """To 10%. With 40 rows the deviation of a deviation is 11% of it: not every draw is so near, so this one is named,
    and the mean of thirty variances (whose own deviation is 4%) must be near too."""
    found = simulated(2)
    assert [math.sqrt(v) for v in (found.rows, found.columns, found.rest)] == pytest.approx([3, 1, 0.5], rel=0.1)
    many = [simulated(seed) for seed in range(30)]
    means = [np.mean([getattr(each, name) for each in many]) for name in ("rows", "columns", "rest")]
    assert means == pytest.approx([9, 1, 0.25], rel=0.1)


def test_the_difference_that_says_nothing() -> None:
    # of 3 seeds: t = 2.776 with 4 degrees of freedom, sqrt(2 * 1.5 / 3) = 1
    found = Components(mean=0, rows=0.5, columns=0.5, rest=0.5)
    assert found.least_difference(3) == pytest.approx(2.7764, abs=1e-4)
    with pytest.raises(ValueError, match="one seed"):
        found.least_difference(1)


@pytest.mark.parametrize("table", [[[1, 2]], [[1], [2]], [1, 2], [[1, 2], [3, math.nan]], [[1, 2], [3]]])
def test_what_is_no_crossed_table_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="figure"):
        crossed(table)
