"""Builds C samples, where there is a compiler."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def make() -> Build:
    """`make -C FOLDER TARGET...`; a test that needs it is skipped where there is no make, compiler or onnxruntime."""
    pytest.importorskip("onnxruntime", reason="the program runs onnxruntime, which is not installed")
    for tool in ("make", "cc"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} here, so no program in C")

    def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["make", "-C", str(folder), *words], capture_output=True, text=True, check=False)

    return run
