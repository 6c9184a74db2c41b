"""Mistakes name the line that they stand in."""

import pytest

from nnlab.labs.sweep.written import Base, Proposed, Written, flattened

TEXT = """\
base = "train"

[grid]  # of two
learning_rate = [1]
"optimizer.beta1" = [2]

[repeat]
learning_rate = 3

[[list]]
units = 1
[[list]]
units = 2
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("base",), 1), (("grid",), 3), (("grid", "learning_rate"), 4), (("grid", "optimizer.beta1"), 5),
        (("grid", "epochs"), 3), (("repeat", "learning_rate"), 8), (("list", "units"), 11), (("list", "units", 1), 13),
        (("prune",), None), (("prune", "eta"), None),
    ],
)  # fmt: skip
def test_lines(place: tuple[str, ...], line: int | None) -> None:
    assert Written("p.toml", TEXT).line(*place) == line  # type: ignore[arg-type]


def test_where_mistakes_are() -> None:
    written = Written("p.toml", TEXT)
    found = written.mistake("is wrong", "grid", "learning_rate", hint="mend it")
    assert str(found) == "p.toml, line 4: grid.learning_rate: is wrong; mend it"
    assert written.where("prune", "eta") == "p.toml: prune.eta"
    assert (
        Proposed("file", {}, written=written, section="list", entry=1).where("units") == "p.toml, line 13: list.units"
    )
    assert Base("flag", {}, written=written).where("learning_rate") == "p.toml, line 1: base: --learning-rate"


def test_keys_of_sections_that_are_not_in_quotes() -> None:
    assert flattened({"optimizer": {"beta1": [1]}, "epochs": {"low": 1}}, ("optimizer", "run")) == {
        "optimizer.beta1": [1], "epochs": {"low": 1},
    }  # fmt: skip
