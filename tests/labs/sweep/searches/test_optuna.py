"""Optuna's samplers propose from what this sweep's own rows say, the same however often it is begun."""

import math
import sys
from typing import Any

import pytest

from nnlab.core.errors import MissingError, NnlabError
from nnlab.labs.sweep.searches.base import Settings, Tried
from nnlab.labs.sweep.searches.optuna import Optuna
from nnlab.labs.sweep.searches.tpe import Tpe
from nnlab.labs.sweep.written import Written

WRITTEN = Written("p.toml", "[tpe]\ntrials = 8\n")
SPACE = {
    "learning_rate": {"low": 1e-4, "high": 1.0, "log": True},
    "layers": [[8], [16, 8]],
    "epochs": {"low": 1, "high": 9},
}


@pytest.fixture(autouse=True)
def _installed() -> None:
    pytest.importorskip("optuna", reason="Optuna is not installed (extra [sweep])")


def value(settings: Settings) -> float:
    """Best at a rate of 0.01."""
    return -abs(math.log10(settings["learning_rate"]) + 2)


def proposed(search: Optuna, failing: int | None = None) -> list[Tried]:
    tried: list[Tried] = []
    while new := search.batch(tuple(tried)):
        tried += [Tried(each, None if len(tried) + at == failing else value(each)) for at, each in enumerate(new)]
    return tried


def test_the_same_plan_proposes_the_same() -> None:
    table = {"trials": 22, "batch": 4, "seed": 3, **SPACE}
    first, again = Tpe(table, "tpe", WRITTEN), Tpe(table, "tpe", WRITTEN)
    found = proposed(first)
    assert len(found) == 22 and proposed(again) == found
    assert proposed(first) == found  # begun once more with the same object
    longer = proposed(Tpe({**table, "trials": 26}, "tpe", WRITTEN))
    assert longer[:20] == found[:20]  # whole batches stay as they are
    assert proposed(Tpe({**table, "seed": 4}, "tpe", WRITTEN)) != found


def test_it_goes_where_good_trials_were() -> None:
    found = proposed(Tpe({"trials": 40, **SPACE}, "tpe", WRITTEN))
    by_chance, later = found[:10], found[20:]
    assert sum(each.value or 0.0 for each in later) / 20 > sum(each.value or 0.0 for each in by_chance) / 10
    assert {str(each.settings["layers"]) for each in found} == {"[8]", "[16, 8]"}
    assert {type(each.settings["epochs"]) for each in found} == {int}


def test_a_trial_that_failed_changes_what_follows_and_ends_nothing() -> None:
    table = {"trials": 20, **SPACE}
    whole, failed = (proposed(Tpe(table, "tpe", WRITTEN), failing) for failing in (None, 0))
    assert [each.settings for each in whole[:4]] == [each.settings for each in failed[:4]]
    assert len(failed) == 20 and failed != whole


def test_what_was_left_is_told_as_pruned_with_the_figure_it_came_to() -> None:
    search = Tpe({"trials": 8, "batch": 3, **SPACE}, "tpe", WRITTEN)
    assert search.batches == [3, 3, 2]
    first, second, third = search.batch(())
    search.batch([Tried(first, 0.5, 2), Tried(second, 0.75), Tried(third, None, 2)])
    told = [(trial.state.name, trial.value, trial.last_step) for trial in search._study.trials[:3]]
    assert told == [("PRUNED", 0.5, 2), ("COMPLETE", 0.75, None), ("FAIL", None, None)]


def test_other_samplers() -> None:
    found = proposed(Optuna({"trials": 6, "sampler": "QMCSampler", **SPACE}, "optuna", WRITTEN))
    assert len({str(each.settings) for each in found}) == 6
    few = {"trials": 4, "sampler": "TPESampler", "options": {"n_startup_trials": 1}, **SPACE}
    assert len(proposed(Optuna(few, "optuna", WRITTEN))) == 4


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"sampler": "TpeSampler"}, r"no sampler 'TpeSampler'; did you mean TPESampler"),
        ({}, "tpe.sampler: is missing"),
        ({"sampler": "TPESampler", "options": {"startup": 1}}, "TPESampler has no option 'startup'"),
        ({"sampler": "TPESampler", "options": 1}, "must be a table"),
        ({"sampler": "TPESampler", "trials": 0}, "line 2: tpe.trials: must be a whole number from 1 to 10,000, got 0"),
        ({"sampler": "TPESampler", "trials": None}, "tpe.trials: is missing"),
    ],
)
def test_what_cannot_be(table: dict[str, Any], says: str) -> None:
    made = {key: said for key, said in {"trials": 4, **table}.items() if said is not None}
    with pytest.raises(NnlabError, match=says):
        Optuna({**made, **SPACE}, "tpe", WRITTEN)


def test_without_optuna(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingError, match=r"Optuna is not installed \(extra \[sweep\]\); install it: .*sweep"):
        Tpe({"trials": 4, **SPACE}, "tpe", WRITTEN)
