"""Parallel coordinates: where lines cross the axes, and what lies above."""

import re

import pytest

from nnlab.tracking.pages.parallel import BOTTOM, FIRST, HEIGHT, LAST, TOP, Axis, Strand, parallel

LINE = re.compile(r'<path class="line ([^"]*)" d="M([^"]+)"><title>([^<]*)</title>')
LOW, HIGH = HEIGHT - BOTTOM, TOP


def crossings(svg: str) -> dict[str, list[float]]:
    found = LINE.findall(svg)
    return {title: [float(point.split()[1]) for point in path.split("L")] for _, path, title in found}


def test_numbers_on_a_scale_and_words_evenly_apart() -> None:
    axes = [
        Axis("rate", [0.001, 0.01, 0.1], "log"),
        Axis("model", ["A", "B", None], kinds=("A", "B")),
        Axis("dev", [0.0, 50.0, 100.0], "linear"),
    ]
    found = crossings(parallel(axes, [Strand("a"), Strand("b"), Strand("c")], "three"))
    middle = (LOW - LAST + HIGH + LAST) / 2
    assert [found[name][0] for name in "abc"] == pytest.approx([LOW - LAST, middle, HIGH + LAST])
    assert [found[name][1] for name in "abc"] == pytest.approx([LOW - FIRST, HIGH + FIRST, LOW])  # none: at the foot
    assert found["a"][2] > found["b"][2] > found["c"][2]


def test_one_kind_stands_in_the_middle() -> None:
    found = crossings(parallel([Axis("m", ["A"], kinds=("A",)), Axis("d", [1.0], "linear")], [Strand("a")], "one"))
    assert found["a"][0] == pytest.approx((LOW + HIGH) / 2)


def test_the_first_lies_above_all_and_thin_ones_behind() -> None:
    axes = [Axis("x", [1.0, 2.0, 3.0], "linear"), Axis("y", [1.0, 2.0, 3.0], "linear")]
    svg = parallel(axes, [Strand("best", "c3"), Strand("tied"), Strand("worse", "c1", "thin")], "three")
    assert [title for _, _, title in LINE.findall(svg)] == ["worse", "tied", "best"]


def test_names_from_outside_are_escaped_and_shortened() -> None:
    svg = parallel([Axis("<b>" * 20, ["<i>"], kinds=("<i>",)), Axis("y", [1.0], "linear")], [Strand('"><s>')], "<u>")
    assert not re.search(r"<(b|i|s|u)>", svg) and "…" in svg
