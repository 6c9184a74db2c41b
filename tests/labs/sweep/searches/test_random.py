"""Draws that more trials, and more settings, leave as they are."""

from nnlab.labs.sweep.searches.random import Random
from nnlab.labs.sweep.written import Written

WRITTEN = Written("p.toml", "[random]\n")
RATE = {"low": 1e-4, "high": 1e-1, "log": True}


def test_more_trials_leave_the_first_as_they_are() -> None:
    few = Random({"trials": 3, "learning_rate": RATE}, "random", WRITTEN).batch(())
    many = Random({"trials": 9, "learning_rate": RATE}, "random", WRITTEN).batch(())
    assert list(many[:3]) == list(few) and len(many) == 9
    wide = Random({"trials": 3, "learning_rate": RATE, "epochs": [1, 2]}, "random", WRITTEN).batch(())
    assert [each["learning_rate"] for each in wide] == [each["learning_rate"] for each in few]
    other = Random({"trials": 3, "seed": 1, "learning_rate": RATE}, "random", WRITTEN).batch(())
    assert other != few


def test_each_once() -> None:
    found = Random({"trials": 10, "units": [1, 2, 3]}, "random", WRITTEN).batch(())
    assert sorted(each["units"] for each in found) == [1, 2, 3]
