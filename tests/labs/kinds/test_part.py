"""A training in parts: the same bytes as one that was never parted, whatever became of the part before."""

import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_flags
from nnlab.labs.cell import Cell
from nnlab.labs.evidence import evidence_of
from nnlab.labs.kinds.part import Part, part_cell
from nnlab.labs.kinds.train import train_cell
from nnlab.labs.work import worked

SMALL = {
    "dataset": "blobs", "resize": (8, 8), "model": "SmallCnn", "widths": (4, 6), "dropout_rate": 0.2, "nbr_clones": 1,
    "augment": ("HorizontalFlip",), "optimizer": "AdamW", "schedule": "OneCycle", "max_minibatch_size": 8, "epochs": 4,
    "ema": 0.9, "threads": 1, "disk_cache": False, "gradient_checks": "off", "instability_checks": "off",
}  # fmt: skip


@pytest.fixture
def whole(blobs: Path) -> Cell:
    return whole_of(blobs)


def whole_of(blobs: Path, **more: Any) -> Cell:
    experiment = resolve(from_flags({**SMALL, "datasets_path": str(blobs), **more}))
    return train_cell("it", experiment, "content")


def run_in(folder: Path) -> Path:
    (run,) = (entry for entry in folder.iterdir() if (entry / "config.toml").is_file() and not entry.is_symlink())
    return run


def parts(whole: Cell, *epochs: int) -> list[Cell]:
    every = [part_cell("it", whole, epochs[0], None)]
    for before, until in pairwise(epochs):
        every.append(part_cell("it", whole, until, (f"part-{before}", before)))
    return every


def test_parts_come_to_the_bytes_of_a_training_that_was_never_parted(whole: Cell, tmp_path: Path) -> None:
    worked(whole, tmp_path / "whole", lambda *_, **__: None)
    told: list[tuple[int, int]] = []
    rows = []
    for cell in parts(whole, 1, 3, 4):
        told.clear()
        folder = tmp_path / f"part-{cell.job['epochs']}"
        rows.append(worked(cell, folder, lambda event, **said: told.append((said["done"], said["total"]))))
        assert told == [(epoch, cell.job["epochs"]) for epoch in range(cell.job["since"] + 1, cell.job["epochs"] + 1)]
    assert [row["result"]["over"] for row in rows] == [False, False, True]
    assert evidence_of(run_in(tmp_path / "part-4")) == evidence_of(run_in(tmp_path / "whole"))
    assert not (run_in(tmp_path / "part-3") / "weights" / "last.safetensors").exists()


def test_without_the_state_of_the_part_before_it_is_trained_from_the_start(whole: Cell, tmp_path: Path) -> None:
    first, second = parts(whole, 2, 3)
    worked(first, tmp_path / "part-2", lambda *_, **__: None)
    worked(second, tmp_path / "part-3", lambda *_, **__: None)
    shutil.rmtree(run_in(tmp_path / "part-2") / "state")
    told: list[int] = []
    worked(second, tmp_path / "again", lambda event, **said: told.append(said["done"]))
    assert told == [1, 2, 3]
    assert evidence_of(run_in(tmp_path / "again")) == evidence_of(run_in(tmp_path / "part-3"))


def test_a_training_that_stops_early_is_over(blobs: Path, tmp_path: Path) -> None:
    stopping = whole_of(blobs, learning_rate=1e-12, early_stopping="stop", early_stopping_patience=1)
    (cell,) = parts(stopping, 3)
    row = worked(cell, tmp_path / "part-3", lambda *_, **__: None)
    assert row["result"]["over"] and row["result"]["stopped"] == "early"


def test_how_far_is_what_it_means_and_not_what_it_went_on_from(whole: Cell) -> None:
    first, second = parts(whole, 1, 2)
    assert first.identity != second.identity != whole.identity
    assert part_cell("other", whole, 2, None).identity == second.identity
    assert second.threads == whole.threads == 1


def test_an_estimate_is_its_share_of_the_whole(whole: Cell) -> None:
    first, second = (Part().estimate(cell.job) for cell in parts(whole, 1, 4))
    assert first["wall_s"] > 0 and second["network"] == first["network"]
