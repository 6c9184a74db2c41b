"""Steps on the clock: as many as were asked for, as a training takes them; what cannot run says so."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.experiment.build import build
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import SettingsSource
from nnlab.experiment.trainer import trainer_of
from nnlab.labs.kinds.base import Skipped
from nnlab.labs.kinds.rung import EXACT_STEPS, Rung, exact_cell, rung_cell

SMALL = {
    "dataset": "blobs", "resize": (8, 8), "model": "OneLayer", "max_minibatch_size": 8, "epochs": 2, "threads": 1,
    "disk_cache": False, "gradient_checks": "off",
}  # fmt: skip


@pytest.fixture
def experiment(blobs: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", "")  # which the kind sets, in a process of its own

    def make(**more):
        return resolve(SettingsSource("flag", {**SMALL, "datasets_path": str(blobs), **more}))

    return make


def worked(experiment, tmp_path: Path, *, exact: bool = False, rung: str = "first", steps: int = 4):
    cell = rung_cell("it", experiment, "content", rung=rung, number=1, steps=steps)
    if exact:
        cell = exact_cell("it", experiment, "content", rung=rung)
    said = []
    return Rung().work(cell.job, tmp_path, lambda event, **more: said.append(more["done"])), said


def test_every_step_that_was_asked_for_is_on_the_clock_the_first_one_apart(experiment, tmp_path: Path) -> None:
    found, said = worked(experiment(), tmp_path, steps=7)  # an epoch has four
    assert len(found["ms"]) == len(found["cpu_ms"]) == 7 and said == [*range(1, 8)]
    assert min(found["ms"]) > 0 and found["first_step_s"] > 0 and 0 <= found["disturbed"] <= 1
    assert found["peak_mb"] >= 0 and found["biased_convolutions"] == 0


def test_the_losses_are_those_of_a_training_in_float64(experiment, tmp_path: Path) -> None:
    """Two epochs of a training with the same seeds: their means over the steps' samples."""
    found, _ = worked(experiment(), tmp_path, exact=True)
    assert len(found["losses"]) == EXACT_STEPS
    whole = experiment(dtype="float64")
    parts = build(whole)
    sizes = [len(batch) for batch in parts.data.training.batches(1)]
    first = trainer_of(whole, parts, []).run().history[0].training
    assert first.samples == sum(sizes) and len(sizes) > 1
    mean = sum(size * loss for size, loss in zip(sizes, found["losses"], strict=False)) / sum(sizes)
    assert mean == pytest.approx(first.loss, rel=1e-12)


def test_halves_of_a_minibatch_give_the_step_s_own_loss(experiment, tmp_path: Path) -> None:
    """Without BatchNorm, which sees each half by itself."""
    model = {"model": "NLayers", "layers": (4,), "batch_norm": False, "output_batch_norm": False}
    whole, _ = worked(experiment(**model, max_minibatch_size=25), tmp_path, exact=True)
    halves, _ = worked(experiment(**model, max_minibatch_size=13, accumulate=2), tmp_path, exact=True)
    assert halves["losses"] == pytest.approx(whole["losses"], rel=1e-9)


def test_passes_and_what_is_exact_are_other_cells(experiment) -> None:
    base = experiment()
    cells = [
        rung_cell("it", base, "content", rung=rung, number=number, steps=4)
        for rung, number in (("a", 1), ("a", 2), ("b", 1))
    ]
    cells.append(exact_cell("it", base, "content", rung="a"))
    assert len({cell.identity for cell in cells}) == 4
    moved = replace(base, data=base.data)
    assert rung_cell("other", moved, "content", rung="a", number=1, steps=4).identity == cells[0].identity


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch says whether there is a device")
def test_a_rung_of_a_device_that_is_not_there_is_skipped_with_the_reason(experiment, tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    with pytest.raises(Skipped, match="CUDA") as skipped:
        worked(experiment(backend="torch", device="cuda"), tmp_path)
    assert skipped.value.needs == "cuda"
    with pytest.raises(Skipped, match="bf16 needs none"):
        worked(experiment(), tmp_path, rung="cuda_fp16")


def test_what_it_takes_is_told_from_one_step(experiment) -> None:
    cell = rung_cell("it", experiment(), "content", rung="first", number=1, steps=10)
    found = Rung().estimate(cell.job)
    assert found["steps"] == 14 and found["wall_s"] >= 14 * found["step_ms"] / 1e3
