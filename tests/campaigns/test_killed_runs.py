"""A share of kill_and_resume.py, in a process of its own: it is forked, which threads do not like."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CAMPAIGN = Path(__file__).with_name("kill_and_resume.py")


def run(*words: str) -> dict[str, Any]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(CAMPAIGN), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_run_that_is_killed_at_a_call_and_resumed_is_the_run_that_never_was(blobs: Path) -> None:
    assert run("--calls=41,11", f"--datasets={blobs}")["trials"] >= 3


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_run_that_is_killed_at_moments_and_resumed_is_the_run_that_never_was(blobs: Path, backend: str) -> None:
    if backend == "torch":
        pytest.importorskip("torch", reason="torch is not installed (extra [torch])")
    found = run(
        "--epochs=4", "--kills=2", "--layers=8", "--states=epochs", f"--backends={backend}", f"--datasets={blobs}"
    )
    assert found["wrong"] == [] and found["kills"] >= 1
