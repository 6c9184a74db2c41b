"""Cells as SVG."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.heat_map import Flag, Key, Row, heat_map
from nnlab.tracking.pages.scale import Bands

BANDS = Bands(1e-5, 0.5, 1.0)


def drawn(rows: list[Row], columns: int, flags: list[Flag] | None = None) -> ElementTree.Element:
    html = heat_map("it", rows, BANDS, Columns.each(range(1, columns + 1), "step"), flags or [])
    return ElementTree.fromstring(re.findall(r"<svg.*?</svg>", html, re.DOTALL)[1])


def cells(chart: ElementTree.Element) -> dict[str, list[tuple[float, float, float]]]:
    """x, y and width of every rectangle, by class."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for path in chart.iter("path"):
        shapes = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)v", path.get("d", ""))
        found.setdefault(path.get("class", ""), []).extend(tuple(map(float, shape)) for shape in shapes)  # type: ignore[misc]
    return found


def test_neighbours_of_one_colour_are_one_rectangle() -> None:
    chart = drawn([Row("g", "a", "g a", np.array([1e-6, 1e-6, 1e-2, 1e-6, np.nan, 0.0]))], 6)
    found = cells(chart)
    low, high = BANDS.of(1e-6), BANDS.of(1e-2)
    assert {name: len(shapes) for name, shapes in found.items()} == {low: 2, high: 1, "zero": 1}
    (x, _, two), (after, _, one) = found[low]
    assert two == pytest.approx(2 * one) and after == pytest.approx(x + 3 * one)
    assert found["zero"][0][0] == pytest.approx(x + 5 * one)  # the fifth is left out


def test_rows_follow_each_other_under_the_name_of_their_group() -> None:
    rows = [Row(group, label, f"{group} {label}", np.array([1e-6])) for group in "gh" for label in "ab"]
    chart = drawn(rows, 1)
    heights = [shape[1] for shape in cells(chart)[BANDS.of(1e-6)]]
    assert len(set(np.diff(heights).round(6))) == 1 and heights == sorted(heights)
    assert [text.text for text in chart.iter("text") if text.get("class") == "strong"] == ["g", "h"]
    titles = [group.findtext("title") for group in chart.iter("g")]
    assert titles == ["g a: at most 1.0e-06", "g b: at most 1.0e-06", "h a: at most 1.0e-06", "h b: at most 1.0e-06"]


def test_a_long_name_is_cut_and_said_whole_to_the_pointer() -> None:
    name = "a_layer_whose_name_is_longer_than_there_is_room"
    chart = drawn([Row(name, name + "2", name, np.array([1e-6]))], 1)
    shown = [text.text or "" for text in chart.iter("text")]
    assert max(map(len, shown)) == 26 and any(text.endswith("…") for text in shown)
    assert name in [title.text for title in chart.iter("title")]


def test_cells_are_no_wider_than_they_need_and_fill_what_there_is() -> None:
    few = cells(drawn([Row("g", "a", "", np.full(3, 1e-6))], 3))
    many = cells(drawn([Row("g", "a", "", np.full(240, 1e-6))], 240))
    assert few[BANDS.of(1e-6)][0][2] == 3 * 46
    x, _, width = many[BANDS.of(1e-6)][0]
    assert x + width == pytest.approx(1100 - 14, abs=0.1)


def test_a_flag_stands_on_its_cell() -> None:
    rows = [Row("g", label, label, np.full(4, 1e-6)) for label in "abc"]
    chart = drawn(rows, 4, [Flag(1, 2, "parted")])
    flag = next(path for path in chart.iter("path") if path.get("class") == "flag")
    x, y = map(float, re.match(r"M([\d.]+) ([\d.]+)", flag.get("d", "")).groups())  # type: ignore[union-attr]
    left, top, width = cells(chart)[BANDS.of(1e-6)][1]
    assert x == pytest.approx(left + 2.5 * width / 4, abs=0.1) and top < y + 6 < top + 20
    assert flag.findtext("title") == "parted"


def test_a_map_of_other_values_says_what_they_are() -> None:
    key = Key(middle="1<3", label="updates & more", missing="not recorded", relative=False)
    html = heat_map("it", [Row("g", "a", "a", np.array([np.nan]))], BANDS, Columns.each([7]), key=key)
    assert "1&lt;3" in html and "updates &amp; more" in html and "a: not recorded" in html and ">epoch<" in html
