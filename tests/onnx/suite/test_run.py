"""A case fails when an engine is wrong, and says why; nothing is left behind."""

import os
from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.suite import __main__ as command
from nnlab.onnx.suite.run import failures, run_case


@dataclass(frozen=True, kw_only=True, eq=False)
class Faulty(Operator):
    """Relu that forgets one value."""

    def forward(self, x: Array) -> Array:
        y = np.maximum(x, 0)
        y.flat[0] += 1
        return y


def test_a_case_passes_and_a_faulty_operator_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_case("test_relu", "numpy") is None
    monkeypatch.setitem(OPERATORS._table, ("", "Relu", 14), Faulty)
    reason = run_case("test_relu", "numpy")
    assert reason is not None
    assert reason.startswith("AssertionError: Not equal to tolerance")
    assert failures(["test_relu", "test_add"], "numpy").keys() == {"test_relu"}


def test_the_environment_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONNX_MODELS", raising=False)
    assert run_case("test_shufflenet", "numpy") is None
    assert "ONNX_MODELS" not in os.environ


def test_the_command_says_which_fail_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--engine=reference", "test_scatter_with_axis", "test_relu"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("test_scatter_with_axis: RuntimeImplementationError")
    assert said[-1] == "reference: 2 of 3 passed"
