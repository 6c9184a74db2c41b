"""Rows as data: how counts are multiplied."""

import pytest

from nnlab.models.stages import Rounding, Row, rounded, rows_of, scaled


@pytest.mark.parametrize(
    ("value", "rounding", "count"),
    [
        (2.5, "nearest", 2),
        (3.5, "nearest", 4),
        (0.2, "nearest", 1),
        (2.0000000001, "ceil", 2),  # 1.1 * 10 is not 11 in binary
        (2.1, "ceil", 3),
        (35.2, "eight", 32),  # 32 is at least 9 tenths of it
        (11.2, "eight", 16),  # 8 is less
        (1.0, "eight", 8),
        (1792.0, "eight", 1792),
    ],
)
def test_rounded(value: float, rounding: Rounding, count: int) -> None:
    assert rounded(value, rounding) == count


def test_scaled() -> None:
    rows = rows_of("3/1/2/16/1  5/6/1/22/2", "stages")
    assert rows == (Row(3, 1, 2, 16, 1), Row(5, 6, 1, 22, 2))
    assert scaled(rows, 1.5, 2.0, "nearest") == (Row(3, 1, 2, 24, 2), Row(5, 6, 1, 33, 4))
    assert scaled(rows, 1.5, 2.0, "nearest", first_too=False)[0] == Row(3, 1, 2, 24, 1)
    assert scaled(rows, 1.5, 1.1, "eight") == (Row(3, 1, 2, 24, 2), Row(5, 6, 1, 32, 3))
