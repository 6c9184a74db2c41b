"""Every combination, the last setting moving first."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.sweep.searches.base import Tried
from nnlab.labs.sweep.searches.grid import Grid
from nnlab.labs.sweep.written import Written

WRITTEN = Written("p.toml", "[grid]\n")


def test_every_combination() -> None:
    grid = Grid({"a": [1, 2], "b": ["x", "y"]}, "grid", WRITTEN)
    found = [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]
    assert grid.batch(()) == found and grid.total == 4 and list(grid.keys) == ["a", "b"]
    assert not grid.batch([Tried(each, 1.0) for each in found])


def test_what_has_no_end() -> None:
    with pytest.raises(UsageError, match=r"grid\.a: is a range, of which a grid has no end"):
        Grid({"a": {"low": 1, "high": 2}}, "grid", WRITTEN)
    with pytest.raises(UsageError, match="has 1,000,000 combinations, more than 10,000"):
        Grid({key: list(range(100)) for key in "abc"}, "grid", WRITTEN)
