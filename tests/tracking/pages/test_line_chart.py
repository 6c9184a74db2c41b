"""Lines as SVG."""

import re
from xml.etree import ElementTree

import numpy as np

from nnlab.tracking.pages.line_chart import BOTTOM, HEIGHT, TOP, Line, Marks, line_chart, step_ticks


def drawn(lines: list[Line], columns: int, **more: object) -> ElementTree.Element:
    spans = [(step, step) for step in range(1, columns + 1)]
    marks = Marks(spans, [f"step {step}" for step, _ in spans], 1e-5, **more)  # type: ignore[arg-type]
    svg = re.search(r"<svg.*</svg>", line_chart("it", lines, marks), re.DOTALL)
    assert svg is not None
    return ElementTree.fromstring(svg[0])


def paths(chart: ElementTree.Element) -> dict[str, str]:
    return {str(path.findtext("title")): str(path.get("d")) for path in chart.iter("path")}


def test_larger_is_higher_and_missing_columns_are_left_out() -> None:
    chart = drawn([Line("up", np.array([1e-9, np.nan, 1e-3])), Line("zero", np.zeros(3))], 3)
    points = [tuple(map(float, pair.split())) for pair in paths(chart)["up"][1:].split("L")]
    assert len(points) == 2 and points[1][1] < points[0][1]
    zeros = {float(pair.split()[1]) for pair in paths(chart)["zero"][1:].split("L")}
    assert zeros == {HEIGHT - BOTTOM} and points[0][1] < HEIGHT - BOTTOM


def test_names_at_the_end_keep_their_distance_and_stay_inside() -> None:
    lines = [Line(f"line {place}", np.full(3, 1e-9), f"c{place}") for place in range(8)]
    chart = drawn(lines, 3)
    heights = sorted(float(text.get("y", "")) for text in chart.iter("text") if "named" in text.get("class", ""))
    assert len(heights) == 8
    assert min(np.diff(heights)) >= 11 and heights[0] > TOP and heights[-1] <= HEIGHT


def test_thin_lines_lie_behind_and_have_no_name() -> None:
    chart = drawn([Line("strong", np.full(3, 1e-6)), Line("thin", np.full(3, 1e-7), kind="thin")], 3)
    assert list(paths(chart)) == ["thin", "strong"]
    assert [text.text for text in chart.iter("text") if "named" in text.get("class", "")] == ["strong"]


def test_the_tolerance_and_the_step_are_marked() -> None:
    chart = drawn([Line("a", np.full(9, 1e-6))], 9, step=(4, "step 5: bug"))
    assert {text.text for text in chart.iter("text") if "strong" in text.get("class", "")} == {
        "tolerance 1e-05", "step 5: bug",
    }  # fmt: skip


def test_no_line_is_a_chart_too() -> None:
    assert drawn([], 0).get("viewBox") is not None


def test_steps_stand_below_their_column() -> None:
    assert list(step_ticks([(1, 1), (2, 2), (3, 3)])) == [(1, 0.5), (2, 1.5), (3, 2.5)]
    assert [step for step, place in step_ticks([(1, 50), (51, 100)])][:2] == [1, 10]
