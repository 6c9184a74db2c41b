"""What a run may take: chosen by variables and in Python, and held against what the process really holds."""

import numpy as np
import pytest

from nnlab.core.errors import DataError, UsageError
from nnlab.core.types import Array
from nnlab.experiment.sources import RESERVED_ENVIRONMENT
from nnlab.onnx.limits import (
    GIB,
    MEMORY_VARIABLE,
    SECONDS_VARIABLE,
    TURNS_VARIABLE,
    Budget,
    limited,
    machine_memory,
    memory_limit,
    seconds_limit,
    turns_limit,
)


def test_limits_are_chosen_by_variables_and_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert memory_limit() == machine_memory() // 2
    assert (turns_limit(), seconds_limit()) == (100_000, 60)
    monkeypatch.setenv("NNLAB_ONNX_MEMORY_GIB", "1.5")
    monkeypatch.setenv("NNLAB_ONNX_TURNS", "7")
    monkeypatch.setenv("NNLAB_ONNX_SECONDS", "0.5")
    assert (memory_limit(), turns_limit(), seconds_limit()) == (1.5 * GIB, 7, 0.5)
    with limited(memory=10, turns=3), limited(seconds=2):
        assert (memory_limit(), turns_limit(), seconds_limit()) == (10, 3, 2)
    assert {
        MEMORY_VARIABLE,
        TURNS_VARIABLE,
        SECONDS_VARIABLE,
    } <= RESERVED_ENVIRONMENT  # no command takes them for settings
    monkeypatch.setenv("NNLAB_ONNX_TURNS", "many")
    with pytest.raises(UsageError, match="NNLAB_ONNX_TURNS"):
        turns_limit()


def test_a_budget_looks_at_what_the_process_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.onnx.limits.held_bytes", lambda: 3 * GIB)
    budget = Budget(memory=4 * GIB, turns=1)
    budget.require(GIB - 1)
    with pytest.raises(DataError, match="GiB"):
        budget.require(GIB + 1)
    small: list[Array] = [np.zeros(1)]
    Budget(memory=2 * GIB, turns=1).count(small)  # little was made: no look
    with pytest.raises(DataError, match="holds 3"):
        Budget(memory=2 * GIB, turns=1).count([np.broadcast_to(np.zeros(1), (2**24,)).view() for _ in range(2)])
