"""Clean runs raise no alarm: a fraction of what `tests/benchmarks/bench_parity.py` runs, and F10's configuration."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.checks.parity.result import GRAVE, Comparison
from nnlab.experiment.compare import compare
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_flags

pytest.importorskip("torch", reason="torch is not installed (extra [torch])")

BENCHMARK = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "bench_parity.py"))
CLEAN_RUN: Callable[..., Comparison] = BENCHMARK["clean_run"]


@pytest.mark.parametrize("architecture", BENCHMARK["ARCHITECTURES"])
def test_a_clean_run_raises_no_alarm(architecture: str, blobs: Path) -> None:
    found = CLEAN_RUN(architecture, 0, blobs, epochs=5, dataset="blobs")
    assert [one for one in found.divergences if one.kind in GRAVE] == []
    assert found.steps >= 5
    # what has signal: 1e-12 in float64; in float32 sums of a few dozen terms over a few dozen steps
    assert found.worst[1] < {"float32": 1e-3, "float64": 1e-12}[found.dtype]


def test_f10_stays_together_in_float64(repository: Path) -> None:
    """The first ten of its hundred epochs; all of them, over three seeds, gave 4.3e-13 at worst."""
    flags: dict[str, Any] = {
        "datasets_path": str(repository / "datasets"),
        "model": "NLayers",
        "layers": "16",
        "resize": "16,16",
        "learning_rate": 1e-2,
        "dtype": "float64",
        "epochs": 10,
        "threads": 1,
    }
    found = compare(resolve(from_flags(flags)), ("numpy", "torch"))
    assert found.steps == 10
    assert found.verdict == "equal"
    assert found.worst[1] < 1e-12
