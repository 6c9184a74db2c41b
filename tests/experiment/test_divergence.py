"""Whole runs that diverge, and find back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.resume import resume
from nnlab.experiment.run import run
from nnlab.experiment.sources import from_flags
from nnlab.tracking.run import read_run
from nnlab.training.callback import Callback, Run
from nnlab.training.record import EpochRecord, StepRecord


def described(blobs: Path, folder: Path, **more: object) -> Experiment:
    flags = {
        "datasets_path": str(blobs), "dataset": "blobs", "disk_cache": False, "gradient_checks": "off", "threads": 1,
        "resize": (12, 12), "instability_checks": "off", "model": "NLayers", "layers": (12,), "batch_norm": False,
        "optimizer": "Momentum",
        "learning_rate": 1.5, "epochs": 8, "max_minibatch_size": 6, "fused": True, "divergence": "rollback",
    }  # fmt: skip
    return resolve(from_flags({**flags, "runs_dir": str(folder), **more}))


class Stop(Callback):
    """Interrupts a run at the end of an epoch, or amid one, when it can be gone on with from there."""

    def __init__(self, epoch: int, step: int | None = None):
        self.epoch, self.step, self.seen = epoch, step, 0

    def run_start(self, run: Run) -> None:
        self.run = run

    def step_end(self, step: StepRecord) -> None:
        self.seen = step.step

    def between_steps(self) -> None:
        if self.seen == self.step:
            self.run.keep()
            raise KeyboardInterrupt

    def epoch_end(self, record: EpochRecord) -> None:
        if self.step is None and record.epoch == self.epoch:
            raise KeyboardInterrupt


def events(folder: Path) -> list[Mapping[str, Any]]:
    rows = read_run(folder).checks
    return [row for row in rows if row["kind"] == "divergence"]


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_run_finds_back_and_one_that_is_resumed_anywhere_ends_with_the_same_bytes(
    blobs: Path, tmp_path: Path, backend: str
) -> None:
    experiment = described(blobs, tmp_path, backend=backend)
    whole = run(experiment)
    assert whole.error is None
    found = events(whole.folder)
    assert found
    assert {row["action"] for row in found} == {"rollback"}
    assert [row["rate_share"] for row in found] == [0.5 ** (i + 1) for i in range(len(found))]
    assert whole.summary["divergence"]["rollbacks"] == len(found)
    last = (whole.folder / "weights" / "last.safetensors").read_bytes()
    first = found[0]["step"]
    for stop in (Stop(found[0]["epoch"]), Stop(0, step=first - 1), Stop(0, step=first + 2)):
        part = run(experiment, callbacks=[stop])
        assert part.summary["stopped"] == "interrupted"
        again = run(resume(part.folder))
        assert (again.folder / "weights" / "last.safetensors").read_bytes() == last
        assert again.summary["divergence"] == whole.summary["divergence"]
        assert [row["step"] for row in events(again.folder)] == [row["step"] for row in found]


def test_without_the_guard_the_same_run_is_lost(blobs: Path, tmp_path: Path) -> None:
    lost, found = (run(described(blobs, tmp_path, divergence=how)).result.history[-1] for how in ("off", "rollback"))
    assert found.dev.loss < 0.1
    assert not lost.dev.loss < 1e6


def test_a_fork_begins_its_watch_anew_and_has_the_rate_that_it_names(blobs: Path, tmp_path: Path) -> None:
    found = run(described(blobs, tmp_path))
    rollbacks = found.summary["divergence"]["rollbacks"]
    optimizer = read_run(found.folder).checkpoint()[0].optimizer_state
    assert int(optimizer["halvings"]) == rollbacks
    fork = run(resume(found.folder, from_flags({"epochs": 9, "learning_rate": 0.01}), fork=True))
    assert fork.summary["divergence"]["rollbacks"] == 0
    state = read_run(fork.folder).checkpoint()[0]
    assert "halvings" not in state.optimizer_state  # the rate that somebody chose is that rate
    assert set(state.good_state) == set(state.state)


def test_stopping_is_a_failed_check_that_keeps_the_best_weights(blobs: Path, tmp_path: Path) -> None:
    stopped = run(described(blobs, tmp_path, divergence="stop"))
    assert stopped.error is not None
    assert stopped.error.exit_code == 3
    assert [row["action"] for row in events(stopped.folder)] == ["stop"]


def test_watching_changes_no_bit(blobs: Path, tmp_path: Path) -> None:
    weights = [
        read_run(run(described(blobs, tmp_path, divergence=how, epochs=2, learning_rate=0.1)).folder).weights("last")[0]
        for how in ("off", "warn", "rollback")
    ]
    for other in weights[1:]:
        assert all(np.array_equal(weights[0][name], other[name]) for name in other)
