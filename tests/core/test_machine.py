"""How many cores and how much memory there are to use."""

import os
from pathlib import Path

import psutil
import pytest

from nnlab.core import machine
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


@pytest.mark.parametrize(
    "told",
    [
        None,
        "",
        "MemTotal: 8 kB",
        "MemTotal: many kB\nMemAvailable: 1 kB",
        "no colon",
        "MemTotal:\nMemAvailable:",
        "MemTotal: 1 kB\nMemAvailable: 2 kB",
    ],
)
def test_psutil_says_what_memory_there_is_where_the_system_has_no_file_of_it(
    told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "meminfo"
    if told is not None:
        file.write_text(told)
    monkeypatch.setattr(machine, "MEMINFO", file)
    assert machine._memory()[0] == psutil.virtual_memory().total


def test_memory_is_read_from_the_file_in_which_linux_tells_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "meminfo"
    file.write_text("MemTotal:       3 kB\nMemFree:        1 kB\nMemAvailable:   2 kB\nHugePages_Total: 0\n")
    monkeypatch.setattr(machine, "MEMINFO", file)
    assert machine._memory() == (3072, 2048)
