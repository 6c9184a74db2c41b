from typing import Any

import pytest

from nnlab.core.errors import UsageError
from nnlab.tracking.choosing import Entry, chosen, in_order
from nnlab.tracking.judged import Judge


def entry(run: str, dev: float | None, *, judge: Judge | None = None, **settings: Any) -> Entry:
    score = None if dev is None else {"loss": 1.0, "accuracy": dev, "samples": 4}
    row = {"name": run, "state": "finished", "when": f"2026-01-01T00:00:0{len(run)}", "bytes": 1000 * len(run)}
    row |= {"figure": "accuracy", "dev": score, "test": None, "training": None}
    config = {"run": {"epochs": 3}, "optimizer": {"name": "Adam", "learning_rate": 0.01} | settings}
    return Entry(row, config, judge or Judge("accuracy", "accuracy", is_share=True))


RUNS = [entry("a", 0.5), entry("bb", 0.9, learning_rate=0.1), entry("ccc", None, name="Momentum", decay=0.8)]


def names(entries: list[Entry]) -> str:
    return " ".join(entry.row["name"] for entry in entries)


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("dev>0.5", "bb"),
        ("dev >= 50%", "a bb"),
        ("dev.loss=1", "a bb"),
        ("learning-rate<=0.01", "a ccc"),
        ("optimizer=adam", "a bb"),
        ("optimizer!=adam", "ccc"),
        ("optimizer=mo*", "ccc"),
        ("optimizer.decay=0.8", "ccc"),
        ("decay!=0.8", "a bb"),
        ("size<2500", "a bb"),
        ("name=a", "a"),
        ("state>3", ""),
    ],
)
def test_runs_are_chosen_by_what_is_said_of_them(condition: str, wanted: str) -> None:
    assert names(chosen(RUNS, [condition])) == wanted


def test_all_conditions_have_to_hold() -> None:
    assert names(chosen(RUNS, ["epochs=3", "dev>0.1", "name!=a"])) == "bb"


def test_the_best_the_newest_and_the_largest_come_first_and_what_is_unknown_last() -> None:
    assert names(in_order(RUNS, "dev")) == "bb a ccc"
    assert names(in_order(RUNS, "dev", reverse=True)) == "a bb ccc"
    assert names(in_order(RUNS, "when")) == "ccc bb a"
    assert names(in_order(RUNS, "size")) == "ccc bb a"
    assert names(in_order(RUNS, "name")) == "a bb ccc"
    errors = [entry("x", 2.0, judge=Judge("accuracy", "error", "lower")), entry("y", 1.0)]
    assert names(in_order([errors[0], entry("z", 1.5, judge=Judge("accuracy", "error", "lower"))], "dev")) == "z x"


def test_what_no_run_has_is_refused_with_what_is_near() -> None:
    with pytest.raises(UsageError, match="did you mean learning_rate"):
        chosen(RUNS, ["learnin_rate=1"])
    with pytest.raises(UsageError, match="no run has such"):
        in_order(RUNS, "colour")
    with pytest.raises(UsageError, match="KEY=VALUE"):
        chosen(RUNS, ["dev"])
    assert chosen([], ["anything=1"]) == [] and in_order([], "anything") == []
