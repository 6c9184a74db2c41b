"""report.html, as a browser would take it."""

import base64
import dataclasses
import gzip
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from nnlab.checks.parity.result import Comparison, Divergence, StepDifferences
from nnlab.tracking.comparison.about import About
from nnlab.tracking.comparison.report import report

Compared = Callable[..., Comparison]
BUG = Divergence(3, 2, "dense_1 backward", "bug", 0.5, "no known convention explains it")
NOISE = Divergence(2, 1, "dense_1.bias", "no signal", 0.2, "its true gradient is zero")
EMPTY = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Holds that every tag is closed, and keeps what there is to look at."""

    def __init__(self, html: str):
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "srcset", "action"}]
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text.append(data)


def charts(html: str) -> list[ElementTree.Element]:
    """Every SVG: well-formed, or this raises."""
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def values(html: str) -> dict[str, dict[str, list[object]]]:
    """What the script reads, by chart and row."""
    found = [json.loads(text) for text in re.findall(r'class="values">(.*?)</script>', html)]
    return {chart["of"]: dict(zip(chart["rows"], chart["values"], strict=True)) for chart in found}


def test_it_is_whole_loads_nothing_and_says_the_verdict(compared: Compared, about: About) -> None:
    html = report(compared(4, NOISE, BUG), about)
    page = Page(html)
    assert page.links and all(link.startswith("data:") for link in page.links)
    static = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)  # the kit's own, which loads nothing either
    assert "@import" not in html and "url(" not in static and "//" not in static
    assert not re.search(r"fetch|import|XMLHttp|WebSocket|EventSource|https?:", html)
    text = " ".join(page.text)
    assert "they part at step 3 in dense_1 backward" in text
    assert "no known convention explains it" in text
    assert "nnlab compare --model=NLayers" in text and "NLayers(16,8)" in text and "torch 2.13.0" in text
    assert len(charts(html)) == 3  # lines, legend, map


def test_the_map_has_a_row_for_every_tensor_and_flags_where_they_part(compared: Compared, about: About) -> None:
    html = report(compared(4, NOISE, BUG), about)
    found = values(html)["tensors"]
    assert len(found) == 13
    assert found["dense_1.weight"] == [1e-6, 2e-6, 3e-6, 4e-6]
    assert found["dense_1.bias (no signal)"] == [0.2] * 4
    assert found["dev probabilities"] == ["", 1e-7, "", 1e-7]
    assert found["penalty"] == [0.0] * 4
    chart = charts(html)[2]
    flags = [mark.findtext("title") for mark in chart.iter("path") if mark.get("class") == "flag"]
    assert [str(flag).split(":")[0] for flag in flags] == ["step 2, dense_1.bias", "step 3, dense_1 backward"]
    assert [group.get("class") for group in chart.iter("g")].count("silent") == 1


def test_the_lines_are_the_worst_of_each_kind_with_signal(compared: Compared, about: About) -> None:
    found = values(report(compared(4), about))["lines"]
    assert found["weights"] == [1e-6, 2e-6, 3e-6, 4e-6]  # not the bias
    assert list(found) == ["forward", "loss", "backward", "gradient", "slots", "weights", "buffers", "evaluation"]


def test_what_is_not_finite_is_drawn(broken: Comparison, about: About) -> None:
    html = report(broken, about)
    assert values(html)["tensors"]["loss"] == [None]
    assert any(path.get("class") == "infinite" for path in charts(html)[2].iter("path"))


def test_nothing_compared_is_a_page_too(compared: Compared, about: About) -> None:
    page = Page(report(dataclasses.replace(compared(0), tensors=()), about))
    assert "Nothing compared" in " ".join(page.text)


def test_names_are_text_never_markup(compared: Compared, about: About) -> None:
    evil = '</script><img src="x" onerror=alert(1)>'
    step = StepDifferences(1, 1, {f"{evil} forward": 0.5})
    found = Divergence(1, 1, f"{evil} forward", "bug", 0.5, evil)
    comparison = Comparison(("numpy", "torch"), "float32", 1, (f"{evil} forward",), (step,), (found,))
    html = report(comparison, dataclasses.replace(about, exp_id=evil, typed=evil))
    assert evil not in html and "<img" not in html
    Page(html)
    assert len(charts(html)) == 3


@pytest.mark.parametrize(("steps", "packed"), [(3, False), (4000, True)])
def test_the_raw_data_is_in_the_page(compared: Compared, about: About, steps: int, packed: bool) -> None:
    html = report(compared(steps), about)
    found = re.search(r'download="differences\.csv(\.gz)?" href="data:[^;]*;base64,([^"]*)"', html)
    assert found is not None and bool(found[1]) == packed
    data = base64.b64decode(found[2])
    rows = (gzip.decompress(data) if packed else data).decode().splitlines()
    assert len(rows) == steps + 1 and rows[0].startswith('step,epoch,"dense_1 forward"')


def test_an_interrupted_comparison_says_so(compared: Compared, about: About) -> None:
    assert "stopped before the last step" in report(compared(4), dataclasses.replace(about, interrupted=True))
    assert "stopped before the last step" not in report(compared(4), about)


def test_many_tensors_and_steps_stay_a_page_that_opens(about: About) -> None:
    names = tuple(f"dense_{place} forward" for place in range(130))
    steps = tuple(
        StepDifferences(
            step, 1, {name: 1e-8 * (1 + (step * 37 + place * 11) % 997) for place, name in enumerate(names)}
        )
        for step in range(1, 2001)
    )
    html = report(Comparison(("numpy", "torch"), "float32", 2000, names, steps), about)
    assert len(html) < 3_000_000
    assert sum(1 for _ in charts(html)[2].iter("path")) < 130 * 13
