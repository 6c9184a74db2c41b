"""How many cores and how much memory there are to use."""

import os

import psutil
import pytest

from nnlab.core.machine import available_memory, machine_memory, usable_cores


def test_cores_are_those_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 5}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert usable_cores() == 2


@pytest.mark.parametrize(("count", "usable"), [(4, 4), (None, 1)])
def test_where_the_system_does_not_tell_all_count_and_one_at_least(
    count: int | None, usable: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert usable_cores() == usable


def test_memory_is_that_of_the_machine_or_of_its_container() -> None:
    assert 0 < available_memory() <= machine_memory() <= psutil.virtual_memory().total
