"""Trials that are written down one by one."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.sweep.searches.list import List
from nnlab.labs.sweep.written import Written

WRITTEN = Written("p.toml", "[[list]]\n")


def test_each_is_a_trial() -> None:
    found = List([{"a": 1}, {"b": 2, "optimizer": {"beta1": 0.8}}], "list", WRITTEN)
    assert found.batch(()) == [{"a": 1}, {"b": 2, "optimizer.beta1": 0.8}]
    assert list(found.keys) == ["a", "b", "optimizer.beta1"]


def test_what_cannot_be() -> None:
    with pytest.raises(UsageError, match="trial 3 says what trial 1 does"):
        List([{"a": 1}, {"a": 2}, {"a": 1}], "list", WRITTEN)
    with pytest.raises(UsageError, match="must be an array of tables"):
        List({"a": 1}, "list", WRITTEN)
