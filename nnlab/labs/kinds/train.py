"""A cell that is an ordinary training: `nnlab train`, its run folder within the cell's."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, MissingError
from nnlab.data.surveyed import Survey
from nnlab.experiment.build import outlined, require_backend
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.resume import CHECKPOINT, resume
from nnlab.experiment.run import Outcome, run
from nnlab.experiment.sources import from_flags, from_settings
from nnlab.labs.cell import Cell
from nnlab.labs.evidence import evidence_of
from nnlab.labs.kinds.base import KINDS, Job, Kind, Say, Skipped
from nnlab.labs.left import Left
from nnlab.labs.meaning import content_of, meaning
from nnlab.labs.timed_step import timed
from nnlab.models.summary import summarised
from nnlab.tracking.latest import LATEST
from nnlab.training.callback import Callback
from nnlab.training.clock import peak_memory_mb
from nnlab.training.record import EpochRecord

WEIGHTY = ("state", "weights/last.safetensors")
"""What going on with a run needs: a cell that is done is not gone on with."""


@KINDS.register
class Train(Kind):
    """Trains the experiment whose settings the job has. Its process's threads are a part of what is measured."""

    def meaning(self, job: Job) -> Job:
        """That of the experiment, and how many threads its time is of."""
        return {"meaning": job["meaning"], "threads": job["settings"]["run"]["threads"]}

    def anew(self, job: Job) -> Job | None:
        """Of the experiment, as it is here."""
        experiment = experiment_of(job)
        return meaning(experiment, content_of(experiment, outlined(experiment)))

    def threads(self, job: Job) -> int | None:
        """As the experiment's settings say."""
        return int(job["settings"]["run"]["threads"])

    def processes(self, job: Job) -> int:
        """As the experiment's settings say."""
        return int(job["settings"]["run"].get("processes", 1))

    def evidence(self, folder: Path) -> Mapping[str, str]:
        """Of its run, the only folder there."""
        return {name: digest for run in folder.iterdir() if run.is_dir() for name, digest in evidence_of(run).items()}

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Trains it, from where an earlier try left it if that can be."""
        place = Path(job["place"])
        experiment = begun(job, place, folder)
        prepare_backend(experiment)
        before = peak_memory_mb()
        outcome = run(experiment, callbacks=[Epochs(say, experiment.run.epochs)], folder=folder)
        if outcome.error is not None:
            raise outcome.error
        forget_others(outcome.folder)
        if outcome.result.stopped == "interrupted":
            raise Left
        for name in WEIGHTY:
            removed(outcome.folder / name)
        return {"run": run_of(place, outcome), **measured(outcome, before)}

    def estimate(self, job: Job) -> Mapping[str, Any]:
        """From one step and one scored batch."""
        experiment = experiment_of(job)
        prepare_backend(experiment)
        return timed(experiment)


def train_cell(
    name: str, experiment: Experiment, content: str, repeat: int = 1, *, outline: Survey | None = None
) -> Cell:
    """The cell that trains an experiment. Options:  content, outline: of its data, as `meaning` takes them."""
    job = {"settings": experiment.settings, "meaning": meaning(experiment, content, outline)}
    return Cell(name, "Train", job, repeat)


def experiment_of(job: Job, **run_options: Any) -> Experiment:
    """The experiment of a job. Raises NnlabError: as `resolve` does."""
    tables = {**job["settings"], "run": {**job["settings"].get("run", {}), **run_options}}
    return resolve(from_settings(tables, name="the lab's plan"))


def begun(job: Job, place: Path, *folders: Path) -> Experiment:
    """The experiment of a job, to go on with from the newest run that can be, of the first folder that has one.

    Options:  place: of the cell.  folders: in which runs may have been left.
    """
    for folder in folders:
        for checkpoint in sorted(folder.glob(f"*/{CHECKPOINT}"), reverse=True):
            with suppress(DataError):
                return resume(checkpoint.parents[1], from_flags({"runs_dir": str(place)}))
    return experiment_of(job, runs_dir=str(place))


def forget_others(run: Path) -> None:
    """Removes the runs beside one that went on from them: what they recorded is its own beginning; and `latest`."""
    removed(run.parent / LATEST)
    for other in run.parent.glob("*/config.toml"):
        if other.parent.name != run.name:
            shutil.rmtree(other.parent, ignore_errors=True)


def run_of(place: Path, outcome: Outcome) -> str:
    """Where the run will be, as seen from the lab's folder. Options:  place: of the cell."""
    return str(Path(*place.parts[-2:]) / outcome.folder.name)


def prepare_backend(experiment: Experiment) -> None:
    """Imports what the experiment computes with. Raises Skipped: it is not here."""
    run = experiment.run
    try:
        require_backend(experiment)
    except MissingError as error:
        needs = "cuda" if run.device == "cuda" else "compile" if run.compile else run.backend
        raise Skipped(needs, str(error)) from None


def measured(outcome: Outcome, before: float) -> dict[str, Any]:
    """What tables show of a run that its summary does not have.

    Options:  before: MiB that the process had at most before the network was built.
    """
    result, phases = outcome.result, outcome.summary["memory_phases_mb"]
    network = summarised(outcome.parts.network)
    batch = max(outcome.experiment.data.max_minibatch_size, 1)
    samples = outcome.result.history[0].training.samples if result.history else 0
    taken = min(batch, samples) or 1
    learning = [phases[name] for name in ("load", "forward", "backward", "update") if name in phases]
    return {
        "network": dict(network.totals(taken)) | {"activations": network.activations},
        "epochs": [_epoch(record) for record in result.history],
        "memory_mb": {
            "before": before,
            "peak": peak_memory_mb() - before,
            "training": max(learning) - before if learning else None,
            "evaluation": phases["evaluate"] - before if "evaluate" in phases else None,
        },
        "load_s": outcome.summary["load_s"],
        "step_times": outcome.summary["step_times"],
        "stopped": result.stopped,
    }


def _epoch(record: EpochRecord) -> dict[str, Any]:
    return {"seconds": record.seconds, "phases_s": dict(record.phases_s), "samples": record.training.samples}


def removed(path: Path) -> None:
    """Removes a file, a link, or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


class Epochs(Callback):
    """Tells every epoch."""

    def __init__(self, say: Say, epochs: int):
        self._say, self._epochs = say, epochs

    def epoch_end(self, record: EpochRecord) -> None:
        """Tells it."""
        self._say("epoch", done=record.epoch, total=self._epochs)


def seconds_of(result: Mapping[str, Any]) -> Sequence[float]:
    """Of each epoch of a row's result."""
    return [float(epoch["seconds"]) for epoch in result["epochs"]]
