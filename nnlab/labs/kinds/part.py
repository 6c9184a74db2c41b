"""A cell that trains an experiment up to an epoch, going on from the cell that trained it up to an earlier one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.experiment.run import run
from nnlab.labs.cell import Cell
from nnlab.labs.kinds.base import KINDS, Job, Say
from nnlab.labs.kinds.train import (
    Epochs,
    Train,
    begun,
    experiment_of,
    forget_others,
    measured,
    prepare_backend,
    removed,
    run_of,
)
from nnlab.labs.left import Left
from nnlab.labs.timed_step import timed
from nnlab.training.callback import Callback
from nnlab.training.clock import peak_memory_mb

NEEDLESS = "weights/last.safetensors"
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
        earlier = [folder.parent / str(job["after"])] if job["after"] else []
        experiment = begun(job, place, folder, *earlier)
        prepare_backend(experiment)
        before = peak_memory_mb()
        listeners = [Epochs(say, job["epochs"]), Leaves(job["epochs"])]
        outcome = run(experiment, callbacks=listeners, folder=folder)
        if outcome.error is not None:
            raise outcome.error
        forget_others(outcome.folder)
        result = outcome.result
        if result.stopped == "interrupted" and len(result.history) < job["epochs"]:
            raise Left
        removed(outcome.folder / NEEDLESS)
        over = result.stopped != "interrupted"
        return {"run": run_of(place, outcome), "over": over, **measured(outcome, before)}

    def estimate(self, job: Job) -> Mapping[str, Any]:
        """The share of a whole training's that its epochs are."""
        experiment = experiment_of(job)
        prepare_backend(experiment)
        found, share = dict(timed(experiment)), (job["epochs"] - job["since"]) / experiment.run.epochs
        found["read_once"] = {key: share * seconds for key, seconds in found.get("read_once", {}).items()}
        return found | {key: share * found[key] for key in ("wall_s", "cpu_s")}


def part_cell(name: str, whole: Cell, epochs: int, after: tuple[str, int] | None) -> Cell:
    """The cell that trains what another cell trains, up to an epoch.

    Options:  after: the folder of the cell to go on from, and its epochs; None for the start.
    """
    folder, since = after or (None, 0)
    job = {**whole.job, "epochs": epochs, "after": folder, "since": since}
    return Cell(name, "Part", job, whole.repeat)


class Leaves(Callback):
    """Ends the run between two epochs, as Ctrl-C would. Options:  epochs: after so many."""

    def __init__(self, epochs: int):
        self._epochs = epochs

    def epoch_start(self, epoch: int) -> None:
        """Leaves before the next."""
        if epoch > self._epochs:
            raise KeyboardInterrupt
