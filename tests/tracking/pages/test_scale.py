"""Logarithmic scales and bands of colour."""

import math

import numpy as np
import pytest

from nnlab.tracking.pages.scale import Bands, LogScale, rounded_down, rounded_up, short, whole_ticks


def test_a_scale_has_room_for_every_value_and_the_tolerance() -> None:
    scale = LogScale.around(np.array([3e-8, 2e-3, 0.0, math.inf, math.nan]), start=400.0, end=0.0)
    assert (scale.low, scale.high) == (-8, -2)
    assert scale.at(1e-2) == 0.0 and scale.at(math.inf) == 0.0
    assert scale.at(0.0) == 400.0
    places = [scale.at(10.0**power) for power in range(-8, -1)]
    assert places == sorted(places, reverse=True) and len(set(np.diff(places).round(9))) == 1
    assert places[0] < 400.0  # above the zeros


def test_nothing_to_show_is_a_scale_too() -> None:
    scale = LogScale.around(np.empty(0), start=1.0, end=0.0)
    assert scale.low == 0 and scale.high > scale.low


def test_usual_numbers_have_round_ends_and_room_for_zero_only_where_there_is_one() -> None:
    scale = LogScale.within(np.array([0.03, 2.3]), start=100.0, end=0.0)
    assert [words for _, words in scale.ticks()] == ["0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5"]
    assert scale.at(0.02) == pytest.approx(100.0) and scale.at(5) == pytest.approx(0.0)
    assert LogScale.within(np.array([0.0, 2.3]), start=100.0, end=0.0).margin > 0


@pytest.mark.parametrize(
    ("value", "down", "up"), [(1.0, 1.0, 1.0), (3.0, 2.0, 5.0), (0.07, 0.05, 0.1), (5.0, 5.0, 5.0), (999, 500, 1000)]
)
def test_rounding_to_1_2_and_5(value: float, down: float, up: float) -> None:
    assert (rounded_down(value), rounded_up(value)) == (pytest.approx(down), pytest.approx(up))


@pytest.mark.parametrize("span", [1, 5, 12, 20])
def test_ticks_are_few_and_within(span: int) -> None:
    ticks = [round(math.log10(value)) for value, _ in LogScale(-span, 0, 1.0, 0.0).ticks(most=12)]
    assert 2 <= len(ticks) <= 12 and min(ticks) == -span and max(ticks) <= 0


def test_the_tolerance_parts_blue_from_orange() -> None:
    bands = Bands.around(np.array([1e-8, 1e-2]), 1e-5)
    assert bands.of(1e-5)[0] == "b" and bands.of(1.01e-5) == "a0"
    assert bands.of(0.0) == "zero" and bands.of(math.inf) == "infinite" and bands.of(math.nan) == ""
    assert bands.of(1e-30) == "zero" and bands.of(1e-19) == "b0" and bands.of(1e9) == "a4"


def test_every_value_falls_between_the_edges_of_its_band() -> None:
    bands = Bands.around(np.geomspace(1e-9, 10, 100), 5e-4)
    edges = bands.edges()
    names, starts = [name for name, _ in edges], [value for _, value in edges]
    assert names == [f"b{n}" for n in range(7)] + [f"a{n}" for n in range(5)]
    assert starts == sorted(starts) and starts[7] == pytest.approx(5e-4)
    for value in np.geomspace(1e-12, 100, 400):
        place = names.index(bands.of(float(value)))
        assert place == 0 or starts[place] <= value * (1 + 1e-9)
        assert place == 11 or value <= starts[place + 1] * (1 + 1e-9)


def test_one_small_value_does_not_take_the_room_of_the_others() -> None:
    usual = Bands.around(np.full(99, 1e-6), 1e-5)
    assert Bands.around(np.array([*([1e-6] * 99), 1e-19]), 1e-5) == usual


@pytest.mark.parametrize(
    ("value", "text"), [(math.nan, "-"), (math.inf, "not finite"), (0.0, "0"), (0.000123, "1.2e-04")]
)
def test_values_are_short(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize(
    ("first", "last"), [(1, 1), (1, 3), (1, 20), (1, 2000), (41, 77), (1, 12345), (2**48 - 3, 2**48)]
)
def test_steps_at_an_axis_are_round_few_and_within(first: int, last: int) -> None:
    ticks = whole_ticks(first, last)
    assert ticks == sorted(set(ticks)) and 1 <= len(ticks) <= 12
    assert ticks[0] >= first and ticks[-1] <= last
