"""A cell that trains an experiment up to an epoch, going on from the cell that trained it up to an earlier one."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, RunError
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.resume import CHECKPOINT, resume
from nnlab.experiment.run import run
from nnlab.experiment.sources import from_flags
from nnlab.labs.cell import Cell
from nnlab.labs.kinds.base import KINDS, Job, Say
from nnlab.labs.kinds.train import Epochs, Train, experiment_of, measured, prepare_backend, removed, run_of
from nnlab.labs.timed_step import timed
from nnlab.training.callback import Callback
from nnlab.training.clock import peak_memory_mb

LEFT = ("weights/last.safetensors", "../latest")
"""What going on with a part does not need."""


@KINDS.register
class Part(Train):
    """The first epochs of a training, left as by Ctrl-C: what the job names as `after` is gone on with.

    Where that is not there any more, or left no state, it is trained from the start: the same bytes, in more time.
    """

    def meaning(self, job: Job) -> Job:
        """That of the whole training, and how far: not what it went on from."""
        return {**super().meaning(job), "epochs": job["epochs"]}

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Trains it that far. In its result `over` says whether the training came to its own end."""
        place = Path(job["place"])
        experiment = _begun(job, folder, place)
        prepare_backend(experiment)
        before = peak_memory_mb()
        listeners = [Epochs(say, job["epochs"]), Leaves(job["epochs"])]
        outcome = run(experiment, callbacks=listeners, folder=folder)
        if outcome.error is not None:
            raise outcome.error
        result = outcome.result
        if result.stopped == "interrupted" and len(result.history) < job["epochs"]:
            raise RunError(f"was ended in epoch {len(result.history) + 1} of {job['epochs']}")
        for name in LEFT:
            removed(outcome.folder / name)
        over = result.stopped != "interrupted"
        return {"run": run_of(place, outcome), "over": over, **measured(outcome, before)}

    def estimate(self, job: Job) -> Mapping[str, Any]:
        """The share of a whole training's that its epochs are."""
        experiment = experiment_of(job)
        prepare_backend(experiment)
        found, share = dict(timed(experiment)), (job["epochs"] - job["since"]) / experiment.run.epochs
        return found | {key: share * found[key] for key in ("wall_s", "cpu_s")}


def part_cell(name: str, whole: Cell, epochs: int, after: tuple[str, int] | None) -> Cell:
    """The cell that trains what another cell trains, up to an epoch.

    Options:  after: the folder of the cell to go on from, and its epochs; None for the start.
    """
    folder, since = after or (None, 0)
    job = {**whole.job, "epochs": epochs, "after": folder, "since": since}
    return Cell(name, "Part", job, whole.repeat)


def _begun(job: Job, folder: Path, place: Path) -> Experiment:
    """The experiment, from where an earlier part left it if that can be."""
    if job["after"]:
        for checkpoint in sorted((folder.parent / str(job["after"])).glob(f"*/{CHECKPOINT}")):
            with suppress(DataError):
                return resume(checkpoint.parents[1], from_flags({"runs_dir": str(place)}))
    return experiment_of(job, runs_dir=str(place))


class Leaves(Callback):
    """Ends the run between two epochs, as Ctrl-C would. Options:  epochs: after so many."""

    def __init__(self, epochs: int):
        self._epochs = epochs

    def epoch_start(self, epoch: int) -> None:
        """Leaves before the next."""
        if epoch > self._epochs:
            raise KeyboardInterrupt
