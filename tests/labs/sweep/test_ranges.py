"""What a setting may be: drawn within its ends, few digits, whole where the setting is."""

from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.sweep.ranges import Choices, Range, allowed
from nnlab.labs.sweep.written import Written

WRITTEN = Written("p.toml", "[random]\n")


def drawn(said: Any, key: str = "learning_rate", count: int = 300) -> list[Any]:
    found, rng = allowed(key, said, "random", WRITTEN), np.random.default_rng(0)
    return [found.drawn(rng) for _ in range(count)]


def test_choices() -> None:
    assert set(drawn(["a", "b"])) == {"a", "b"}
    assert allowed("layers", [[1], [2, 3]], "random", WRITTEN).ends == [[1], [2, 3]]


def test_a_logarithmic_range_has_as_many_below_its_middle_as_above() -> None:
    values = drawn({"low": 1e-4, "high": 1e-2, "log": True})
    assert 1e-4 <= min(values) < 2e-4 and 5e-3 < max(values) <= 1e-2
    assert 0.4 < np.mean([value < 1e-3 for value in values]) < 0.6
    assert all(value == float(f"{value:.4g}") for value in values)
    assert np.mean([value < 5e-3 for value in drawn({"low": 1e-4, "high": 1e-2})]) == pytest.approx(0.5, abs=0.1)


def test_whole_numbers_where_the_setting_is_one() -> None:
    assert set(drawn({"low": 1, "high": 3}, "epochs")) == {1, 2, 3}
    assert all(isinstance(value, int) for value in drawn({"low": 8, "high": 512, "log": True}, "max_minibatch_size"))
    assert not any(isinstance(value, int) for value in drawn({"low": 0, "high": 1}))


def test_steps() -> None:
    assert set(drawn({"low": 0.1, "high": 0.5, "step": 0.2}, "dropout_rate")) == {0.1, 0.3, 0.5}
    assert set(drawn({"low": 8, "high": 20, "step": 4}, "max_minibatch_size")) == {8, 12, 16, 20}


def test_the_ends_are_tried_beforehand() -> None:
    assert allowed("epochs", {"low": 1, "high": 9}, "random", WRITTEN) == Range(1, 9, whole=True)
    assert Range(0.1, 0.5).ends == [0.1, 0.5] and Choices([1, 2]).ends == [1, 2]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (1e-3, r"must be a list of values or \{ low = .., high = .. \}, got 0.001; .*--learning-rate"),
        ([], "is an empty list"),
        ([1, 2, 1], "has 1 twice"),
        ({"low": 1}, "has no high"),
        ({"low": "a", "high": 2}, "low must be a number, got 'a'"),
        ({"low": 1, "high": float("inf")}, "high must be a number, got inf"),
        ({"low": True, "high": 2}, "low must be a number, got True"),
        ({"low": 2, "high": 1}, "low must be below high, got 2 and 1"),
        ({"low": 0, "high": 1, "log": True}, "log is of numbers above 0"),
        ({"low": 1, "high": 2, "log": 1}, "log must be true or false"),
        ({"low": 1, "high": 2, "step": 3}, "step must be above 0 and fit"),
        ({"low": 1, "high": 2, "base": 3}, "has no option base; a range has low, high, log, step"),
    ],
)
def test_what_cannot_be(said: Any, says: str) -> None:
    with pytest.raises(UsageError, match=f"p.toml, line 1: random.learning_rate: {says}"):
        allowed("learning_rate", said, "random", WRITTEN)
