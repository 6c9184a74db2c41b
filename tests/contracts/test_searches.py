"""Every registered search of a sweep, other packages' included, keeps the contract."""

from typing import Any

import pytest

from nnlab.core.errors import NnlabError
from nnlab.labs.sweep.searches.base import SEARCHES, Search, Tried
from nnlab.labs.sweep.written import Written

WRITTEN = Written("p.toml", "")
TABLES: dict[str, Any] = {
    "Grid": {"learning_rate": [1e-3, 1e-2], "epochs": [1, 2]},
    "List": [{"learning_rate": 1e-3}, {"epochs": 2}],
    "Optuna": {"trials": 6, "batch": 2, "sampler": "TPESampler", "learning_rate": {"low": 1e-3, "high": 1e-2}},
}
DRAWN = {"trials": 6, "learning_rate": {"low": 1e-3, "high": 1e-2}, "epochs": [1, 2]}
"""Of one that draws from ranges."""


def made(cls: type[Search]) -> Search:
    if cls.__name__ in ("Optuna", "Tpe"):
        pytest.importorskip("optuna", reason="Optuna is not installed (extra [sweep])")
    return cls(TABLES.get(cls.__name__, DRAWN), cls.__name__.lower(), WRITTEN)


def run(search: Search) -> list[Tried]:
    tried: list[Tried] = []
    while new := search.batch(tuple(tried)):
        tried += [Tried(settings, float(len(tried) + at)) for at, settings in enumerate(new)]
    return tried


@pytest.mark.parametrize("cls", list(SEARCHES), ids=lambda cls: cls.__name__)
class TestEverySearch:
    def test_proposes_what_it_says_and_ends(self, cls: type[Search]) -> None:
        search = made(cls)
        found = run(search)
        assert len(found) == search.total > 0
        assert {key for each in found for key in each.settings} == set(search.keys)

    def test_proposes_the_same_again(self, cls: type[Search]) -> None:
        first = run(made(cls))
        assert run(made(cls)) == first

    def test_says_beforehand_what_can_be_wrong(self, cls: type[Search]) -> None:
        search = made(cls)
        assert search.beforehand and {key for each in search.beforehand for key in each} == set(search.keys)

    def test_refuses_what_varies_nothing(self, cls: type[Search]) -> None:
        made(cls)
        with pytest.raises(NnlabError):
            cls([] if cls.__name__ == "List" else {}, cls.__name__.lower(), WRITTEN)
