"""Costs held against each other by ratios, paired by repeat."""

import math

import pytest

from nnlab.labs.row import Row
from nnlab.labs.verdict import of_costs, rows_of, verdict


def rows(*seconds: float, name: str = "a") -> list[Row]:
    return [{"cell": name, "repeat": place, "status": "done", "cpu_s": value} for place, value in enumerate(seconds, 1)]


def test_a_ratio_is_paired_by_repeat() -> None:
    found = of_costs(rows(1.0, 10.0, 100.0), rows(2.1, 19.0, 205.0), "cpu_s")
    assert found.value is not None and found.interval is not None
    assert math.exp(found.value) == pytest.approx((2.1 * 1.9 * 2.05) ** (1 / 3))
    assert found.word("lower") == "worse"


def test_repeats_without_a_partner_stand_aside() -> None:
    found = of_costs(rows(1.0, 10.0), rows(2.0), "cpu_s")
    assert found.value == pytest.approx(math.log(2)) and found.word("lower") == "cannot tell"


def test_rows_of_a_configuration_come_by_repeat_and_only_where_they_are_done() -> None:
    every = [*reversed(rows(1.0, 2.0)), {**rows(3.0)[0], "repeat": 3, "status": "failed"}, *rows(4.0, name="b")]
    assert [row["cpu_s"] for row in rows_of(every, "a")] == [1.0, 2.0]


def test_nothing_is_said_without_runs() -> None:
    assert verdict(("a", []), ("b", [])) is None
