"""Linear scales, and which scale suits values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.tracking.pages.linear_scale import LinearScale, scale_for
from nnlab.tracking.pages.scale import LogScale


def around(*values: float, share: bool = False) -> LinearScale:
    return LinearScale.around(np.array(values, np.float64), start=100.0, end=0.0, share=share)


def test_ends_are_round_and_0_is_one_where_it_is_near() -> None:
    assert (around(1.3, 8.9).low, around(1.3, 8.9).high) == (0.0, 10.0)
    assert (around(101, 104).low, around(101, 104).high) == (101.0, 104.0)
    assert [words for _, words in around(0.0, 0.83, share=True).ticks()] == ["0%", "20%", "40%", "60%", "80%", "100%"]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=9))
def test_every_value_has_a_place_within(values: list[float]) -> None:
    scale = around(*values)
    assert scale.low < scale.high
    places = [scale.at(value) for value in values if not math.isnan(value)]
    assert all(0.0 <= place <= 100.0 for place in places)
    assert 2 <= len(scale.ticks()) <= 12


@pytest.mark.parametrize(
    ("values", "kind", "logarithmic"),
    [([2.3, 0.01], "auto", True), ([2.3, 0.5], "auto", False), ([2.3, 0.0], "auto", False), ([2, 1], "log", True)],
)
def test_what_falls_far_is_logarithmic(values: list[float], kind: str, logarithmic: bool) -> None:
    scale = scale_for(np.array(values), kind, start=1.0, end=0.0)  # type: ignore[arg-type]
    assert isinstance(scale, LogScale) == logarithmic


def test_a_fraction_takes_0_to_1_however_far_it_rises_and_is_written_as_it_is() -> None:
    scale = scale_for(np.array([0.0004, 0.83]), "fraction", start=100.0, end=0.0)
    assert isinstance(scale, LinearScale) and (scale.low, scale.high) == (0.0, 1.0)
    assert [words for _, words in scale.ticks()] == ["0", "0.2", "0.4", "0.6", "0.8", "1"]
    assert scale_for(np.array([-2.5, 0.5]), "fraction", start=100.0, end=0.0).at(0.5) < 20
