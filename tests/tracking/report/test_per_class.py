"""Precision and recall of each class."""

import re

from nnlab.tracking.report.answers import Answers
from nnlab.tracking.report.per_class import MOST, ordered, per_class

ANSWERS = Answers(counts={("cat", "cat"): 2, ("cat", "owl"): 1, ("dog", "dog"): 1, ("dog", "cat"): 1, ("owl", None): 1})


def rows(html: str) -> list[list[str]]:
    found = re.findall(r"<tr>(.*?)</tr>", html)[1:]
    return [[re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row)] for row in found]


def test_figures_are_those_of_the_counts_the_worst_found_first() -> None:
    html = per_class("test", ANSWERS, ["cat", "dog", "owl", "unmet"]).html
    found = {row[0]: row for row in rows(html)}
    assert list(found) == ["owl", "dog", "cat", "unmet"]
    assert found["cat"][1:3] == ["3", "66.7%"] and found["cat"][5:] == ["66.7%", "66.7%"]
    assert found["dog"][1:3] == ["2", "50.0%"] and found["dog"][5:] == ["100.0%", "66.7%"]
    assert found["owl"][1:4] == ["1", "0.0%", "0.0% to 79.3%"] and found["owl"][5] == "0.0%"
    assert found["unmet"][1:4] == ["0", "", ""]


def test_very_many_classes_are_the_worst_of_them() -> None:
    names = [f"class {place}" for place in range(MOST + 50)]
    part = per_class("dev", Answers(counts={(name, name): 1 for name in names}), names)
    assert len(rows(part.html)) <= MOST + 1 and "50 classes that are found better are left out" in part.intro


def test_classes_keep_the_order_of_the_run() -> None:
    assert ordered([ANSWERS], ["owl", "cat"]) == ["owl", "cat", "dog"]
