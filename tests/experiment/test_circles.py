"""What a training leaves that only a search for circles of objects would free."""

import gc
from pathlib import Path

import pytest

from nnlab.experiment.config import resolve
from nnlab.experiment.run import run
from nnlab.experiment.sources import from_flags
from nnlab.training.callback import Callback


class Circles(Callback):
    """Counts the objects in circles that each epoch left behind."""

    def __init__(self) -> None:
        self.found: list[int] = []

    def epoch_start(self, epoch: int) -> None:
        self.found.append(gc.collect())


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_an_epoch_leaves_next_to_none(backend: str, blobs: Path, tmp_path: Path) -> None:
    """Python looks for them seldom (nnlab/__main__.py): what piles up step by step would hold memory for long."""
    pytest.importorskip(backend)
    flags = {
        "datasets_path": str(blobs), "dataset": "blobs", "disk_cache": False, "threads": 1, "resize": (12, 12),
        "model": "SmallCnn", "widths": (4, 6), "epochs": 4, "max_minibatch_size": 1, "batch_norm": False,
        "gradient_checks": "off", "backend": backend, "runs_dir": str(tmp_path),
    }  # fmt: skip
    circles = Circles()
    gc.disable()
    try:
        done = run(resolve(from_flags(flags)), callbacks=[circles])
    finally:
        gc.enable()
    steps = done.result.history[-1].training.samples  # one each
    assert len(circles.found) == 4 and steps >= 20
    assert all(left < 2 * steps for left in circles.found[2:])  # a circle has two objects: not one for each step
