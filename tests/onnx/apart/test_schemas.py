"""A share of the campaign of models that are drawn from the definitions of operators."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("flags", ["--count=16 --seed=5", "--count=300 --seed=6 --tame"], ids=["all", "tame"])
def test_drawn_models_are_answered(repository: Path, flags: str) -> None:
    """Always the same ones, in a process of their own; schemas.py alone runs for as long as one likes."""
    pytest.importorskip("onnxruntime")
    command = [sys.executable, str(repository / "tests" / "campaigns" / "schemas.py"), *flags.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "'ran" in done.stdout  # not everything was refused
