"""How much of a spread comes of what: two causes that were crossed, one figure for each pair of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.metrics.student import t_quantile


@dataclass(frozen=True, kw_only=True)
class Components:
    """Variances by their cause.

    Options:  rows, columns: of what the rows differ in (model seeds, say), and the columns (data seeds).
              rest: of what neither explains.  mean: of all figures.
              cut: which of `rows` and `columns` were negative, as differences of chance may be, and count as 0.
    """

    mean: float
    rows: float
    columns: float
    rest: float
    cut: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """The variance of one figure, whose row and whose column are drawn anew."""
        return self.rows + self.columns + self.rest

    def least_difference(self, seeds: int, confidence: float = 0.95) -> float:
        """How far the means of two such groups of so many figures are apart by chance, at most in 95 of 100 cases.

        t sqrt(2 total / seeds), 2 (seeds - 1) degrees of freedom

        Raises:  ValueError: for fewer than two seeds, which have no spread.
        """
        if seeds < 2:
            raise ValueError("one seed says nothing of the spread between seeds")
        return t_quantile(confidence, 2 * (seeds - 1)) * math.sqrt(2 * self.total / seeds)


def crossed(table: Sequence[Sequence[float]]) -> Components:
    """Two-way random-effects analysis of variance without replication.

    x_rc = mean + row_r + column_c + rest_rc;  R rows, C columns
    MS_rows = C var(row means);  MS_columns = R var(column means)
    MS_rest = sum_rc (x_rc - row mean_r - column mean_c + mean)^2 / ((R - 1)(C - 1))
    var_rows = (MS_rows - MS_rest) / C;  var_columns = (MS_columns - MS_rest) / R;  var_rest = MS_rest;  0 at least

    What rows and columns do together is part of the rest: with one figure a pair nothing can tell them apart.

    Shapes:  table: (rows, columns)
    Raises:  ValueError: unless it is a table of finite figures with two rows and two columns at least.
    Source:  Searle, Casella and McCulloch, "Variance Components", 1992, section 4.3.
    """
    try:
        x = np.asarray(table, np.float64)
    except ValueError:
        raise ValueError("every row needs a figure for each column") from None
    if x.ndim != 2 or min(x.shape) < 2 or not np.isfinite(x).all():
        raise ValueError(f"needs finite figures in two rows and two columns at least, got {x.shape}")
    rows, columns = x.shape
    mean, by_row, by_column = x.mean(), x.mean(axis=1), x.mean(axis=0)
    left = x - by_row[:, np.newaxis] - by_column + mean
    rest = float(np.square(left).sum() / ((rows - 1) * (columns - 1)))
    rest = 0.0 if rest <= 1e-28 * float(np.square(x).max()) else rest  # what rounding leaves of an exact sum
    found = {
        "rows": float(columns * by_row.var(ddof=1) - rest) / columns,
        "columns": float(rows * by_column.var(ddof=1) - rest) / rows,
    }
    cut = tuple(name for name, variance in found.items() if variance < 0)
    kept = {name: max(variance, 0.0) for name, variance in found.items()}
    return Components(mean=float(mean), rest=rest, cut=cut, **kept)
