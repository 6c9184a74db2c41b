"""Whole runs in which weights are frozen for a while."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.data.pipeline import survey
from nnlab.experiment.build import graph
from nnlab.experiment.compare import compare
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.resume import resume
from nnlab.experiment.run import run
from nnlab.experiment.sources import from_flags
from nnlab.tracking.run import read_run
from nnlab.training.callback import Callback
from nnlab.training.record import EpochRecord


def described(blobs: Path, folder: Path, **more: object) -> Experiment:
    flags = {
        "datasets_path": str(blobs),
        "dataset": "blobs",
        "disk_cache": False,
        "gradient_checks": "off",
        "threads": 1,
    }
    small = {"model": "SmallCnn", "widths": (4, 6), "epochs": 4, "max_minibatch_size": 12, "freeze": ("backbone",)}
    return resolve(from_flags({**flags, **small, "runs_dir": str(folder), **more}))


class StopAfter(Callback):
    """Interrupts a run when an epoch has ended."""

    def __init__(self, epoch: int):
        self.epoch = epoch

    def epoch_end(self, record: EpochRecord) -> None:
        """Ctrl-C."""
        if record.epoch == self.epoch:
            raise KeyboardInterrupt


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_run_that_is_resumed_on_either_side_ends_with_the_same_bytes(
    blobs: Path, tmp_path: Path, backend: str
) -> None:
    experiment = described(blobs, tmp_path, unfreeze_at=3, backend=backend)
    whole = run(experiment)
    last = (whole.folder / "weights" / "last.safetensors").read_bytes()
    for until in (1, 3):
        part = run(experiment, callbacks=[StopAfter(until)])
        assert part.summary["stopped"] == "interrupted"
        again = run(resume(part.folder))
        assert (again.folder / "weights" / "last.safetensors").read_bytes() == last, until
    first = graph(experiment, survey(experiment.data)).state()
    held = read_run(run(described(blobs, tmp_path, backend=backend)).folder).weights("last")[0]
    moved = {name for name, value in held.items() if not np.array_equal(value, first[name])}
    assert moved == {"output.weight", "output.bias"}
    thawed = read_run(whole.folder).weights("last")[0]
    assert all(not np.array_equal(value, first[name]) for name, value in thawed.items())


def test_backends_agree_before_and_after(blobs: Path, tmp_path: Path) -> None:
    found = compare(described(blobs, tmp_path, unfreeze_at=2, epochs=2, dtype="float64"), ("numpy", "torch"))
    assert not found.divergences
    names = {name for step in found.history for name in step.differences if "gradient" in name}
    assert any(name.startswith("conv_1") for name in names)  # after epoch 1 it learns, and is compared


@pytest.mark.parametrize(("more", "said"), [
    ({"freeze": ("conv_l",)}, "--freeze=conv_l: the network has no such weights; did you mean conv_2 or conv_1?"),
    ({"freeze": (), "unfreeze_at": 2}, "--unfreeze-at=2: nothing is frozen until then; add --freeze=backbone"),
    ({"unfreeze_at": 9}, "--unfreeze-at=9: the run ends after epoch 4; use at most 4"),
])  # fmt: skip
def test_what_cannot_be_frozen_is_said_before_images_are_read(
    blobs: Path, tmp_path: Path, more: dict[str, object], said: str
) -> None:
    experiment = described(blobs, tmp_path, **more)
    with pytest.raises(UsageError) as refused:
        graph(experiment, survey(experiment.data))
    assert str(refused.value) == said
