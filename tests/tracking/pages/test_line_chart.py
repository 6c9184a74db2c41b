"""Lines as SVG."""

import json
import re
from typing import Any
from xml.etree import ElementTree

import numpy as np

from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.line_chart import line_chart
from nnlab.tracking.pages.linear_scale import Kind
from nnlab.tracking.pages.lines import HALF, WIDE, Frame, Level, Line, Mark

TOLERANCE = Level(1e-5, "tolerance 1e-05")


def html_of(lines: list[Line], columns: int, scale: Kind = "relative", **more: Any) -> str:
    levels = [TOLERANCE] if scale == "relative" else []
    frame = Frame(Columns.each(range(1, columns + 1), "step"), "difference", "a chart", scale, levels, **more)
    return line_chart("it", lines, frame)


def drawn(lines: list[Line], columns: int, scale: Kind = "relative", **more: Any) -> ElementTree.Element:
    svg = re.search(r"<svg.*</svg>", html_of(lines, columns, scale, **more), re.DOTALL)
    assert svg is not None
    return ElementTree.fromstring(svg[0])


def paths(chart: ElementTree.Element) -> dict[str, str]:
    return {str(path.findtext("title")): str(path.get("d")) for path in chart.iter("path")}


def test_larger_is_higher_and_missing_columns_are_left_out() -> None:
    chart = drawn([Line("up", np.array([1e-9, np.nan, 1e-3])), Line("zero", np.zeros(3))], 3)
    points = [tuple(map(float, pair.split())) for pair in paths(chart)["up"][1:].split("L")]
    assert len(points) == 2 and points[1][1] < points[0][1]
    zeros = {float(pair.split()[1]) for pair in paths(chart)["zero"][1:].split("L")}
    bottom = WIDE.height - WIDE.bottom
    assert zeros == {bottom} and points[0][1] < bottom


def test_names_at_the_end_keep_their_distance_and_stay_inside() -> None:
    lines = [Line(f"line {place}", np.full(3, 1e-9), f"c{place}") for place in range(8)]
    chart = drawn(lines, 3)
    heights = sorted(float(text.get("y", "")) for text in chart.iter("text") if "named" in text.get("class", ""))
    assert len(heights) == 8
    assert min(np.diff(heights)) >= 11 and heights[0] > WIDE.top and heights[-1] <= WIDE.height


def test_thin_lines_lie_behind_and_have_no_name() -> None:
    chart = drawn([Line("strong", np.full(3, 1e-6)), Line("thin", np.full(3, 1e-7), kind="thin")], 3)
    assert [name for name in paths(chart) if name != "None"] == ["thin", "strong"]
    assert [text.text for text in chart.iter("text") if "named" in text.get("class", "")] == ["strong"]


def test_the_tolerance_and_the_step_are_marked() -> None:
    chart = drawn([Line("a", np.full(9, 1e-6))], 9, marks=[Mark(4, "step 5: bug")])
    assert {text.text for text in chart.iter("text") if "strong" in text.get("class", "")} == {
        "tolerance 1e-05", "step 5: bug",
    }  # fmt: skip


def test_no_line_is_a_chart_too() -> None:
    assert drawn([], 0).get("viewBox") is not None


def test_a_share_is_written_in_percent_from_0_to_100() -> None:
    chart = drawn([Line("dev", np.array([0.5, 0.75]))], 2, "share")
    assert [text.text for text in chart.iter("text") if text.get("class") == "up"] == [
        "0%", "20%", "40%", "60%", "80%", "100%",
    ]  # fmt: skip


def test_a_narrow_chart_has_a_legend_above_and_the_same_values() -> None:
    html = html_of([Line("dev <1>", np.array([0.123456, np.nan, np.inf]), "c3")], 3, "linear", size=HALF)
    assert '<span class="c3 "><i></i>dev &lt;1&gt;</span>' in html and "named" not in html
    found = re.search(r'class="values">(.*?)</script>', html)
    assert found is not None and json.loads(found[1])["values"] == [[0.1235, "", None]]


def test_a_band_lies_behind_its_line() -> None:
    values = np.array([1.0, 2.0, 3.0])
    chart = drawn([Line("mean", values, band=(values - 1, values + 1))], 3, "linear")
    assert [path.get("class", "").split()[0] for path in chart.iter("path")] == ["band", "line", "dots"]
    band = next(path for path in chart.iter("path") if "band" in path.get("class", ""))
    assert str(band.get("d")).count("L") == 5 and str(band.get("d")).endswith("z")


def test_two_marks_do_not_stand_on_each_other() -> None:
    chart = drawn([Line("a", np.full(9, 0.5))], 9, "share", marks=[Mark(0, "w" * 20), Mark(1, "early stop")])
    best, stop = (text for text in chart.iter("text") if "over" in text.get("class", ""))
    assert (best.get("text-anchor"), stop.get("text-anchor")) == ("start", "start")
    assert float(stop.get("y", "")) - float(best.get("y", "")) >= 12


def test_words_of_marks_stand_above_the_lines_where_there_is_room() -> None:
    marks = [Mark(2, "best, epoch 3"), Mark(40, "early stop, epoch 41")]
    chart = drawn([Line("a", np.ones(50))], 50, "share", marks=marks)
    heights = [float(text.get("y", "")) for text in chart.iter("text") if "over" in text.get("class", "")]
    assert len(heights) == 2 and max(heights) < WIDE.top
    crowded = drawn([Line("a", np.ones(50))], 50, "share", marks=[Mark(place, "w" * 90) for place in range(5)])
    rows = {text.get("y", "") for text in crowded.iter("text") if "over" in text.get("class", "")}
    assert len(rows) == 5
