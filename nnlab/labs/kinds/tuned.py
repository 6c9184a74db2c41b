"""A cell that tunes a run at a size, by a mode, and proves what it left as it was."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnlab.core.errors import RunError
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.data.partition import Data
from nnlab.experiment.build import learner as learner_of
from nnlab.kernels.threads import at_most_threads
from nnlab.labs.kinds.base import KINDS, Job, Kind, Say
from nnlab.labs.kinds.resized import figures_at, has_norms
from nnlab.labs.resolution.estimate import tuning
from nnlab.labs.resolution.modes import NONE, STATISTICS, Mode, mode_of
from nnlab.labs.resolution.scored import Scored
from nnlab.labs.resolution.subject import Subject, subject_of
from nnlab.models.learner import Learner
from nnlab.schedules.constant import Constant
from nnlab.tasks.base import Task
from nnlab.tracking.weights import write_weights
from nnlab.training.batch_statistics import precise_statistics

WEIGHTS = "weights.safetensors"


@KINDS.register
class Tuned(Kind):
    """Goes on with a run's best weights at a size: nothing, statistics taken anew, or some epochs of a part of it.

    Training pictures are shown whole, as those of a test are; flips and colours change as in the run's training.
    """

    def meaning(self, job: Job) -> Job:
        """All but where the run lies."""
        return {key: value for key, value in job.items() if key != "run"}

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Tunes and scores."""
        subject, size = Subject.of(job["run"], threads=job["threads"]), (job["size"][0], job["size"][1])
        with at_most_threads(subject.trained.experiment.run.threads):
            data, task = subject.data(size)
            mode, learner = tuned_learner(subject, job, task)
            before = learner.state()
            _tune(learner, mode, data, job, say)
            after = learner.state()
            tensors = proved(before, after, mode)
            most = subject.most(size)
            dev, judgement = data.dev.at_most(most), subject.judgement(task)
            running, precise = Scored.of(learner, dev, judgement), None
            if has_norms(subject):
                whole = opened(subject, after, task)
                again = precise_statistics(whole, data.training.at_most(most).shuffled())
                whole.load_state(after | again)
                precise = Scored.of(whole, dev, judgement)
        _, about = subject.trained.run.weights("best")
        shape = [size[1], size[0], subject.shape[2]]
        kept = {key: value for key, value in about.items() if key not in ("crc32", "schema_version")}
        write_weights(folder / WEIGHTS, after, kept | {"sample_shape": shape})
        return {
            "size": list(size),
            "mode": mode.name,
            "network": figures_at(subject, size),
            "chance": judgement.chance(data.dev.truths),
            "tensors": tensors,
            "running": running.document(),
            "precise": precise and precise.document(),
        }

    def estimate(self, job: Job) -> Mapping[str, Any]:
        """From one timed step."""
        subject, size = subject_of(job["run"], job["threads"]), (job["size"][0], job["size"][1])
        with at_most_threads(subject.trained.experiment.run.threads):
            mode, learner = tuned_learner(subject, job, subject.trained.experiment.task)
            epochs, first = job["epochs"] if mode.trains else 0, mode.name == NONE  # which every size begins with
            found = tuning(subject, learner, size, epochs, first=first)
        return {**found, "network": figures_at(subject, size)}


def tuned_learner(subject: Subject, job: Job, task: Task) -> tuple[Mode, Learner]:
    """A copy of the run's network, of which the mode's part learns at the job's rate, which stays as it is."""
    experiment = subject.trained.experiment
    network = subject.trained.network.astype(subject.trained.network.dtype)
    mode = mode_of(job["mode"], network)
    if mode.trains:
        every = {parameter.name for node in network.nodes for parameter in network.own_parameters(node.name)}
        network.freeze(every - mode.learning)
    optimizer = replace(experiment.optimizer, learning_rate=job["rate"], schedule=Constant(), ema=0.0)
    return mode, learner_of(replace(experiment, optimizer=optimizer), network, task)


def opened(subject: Subject, state: Mapping[str, Array], task: Task) -> Learner:
    """A copy of the network with these values, of which nothing is frozen: all its statistics can be taken anew."""
    network = subject.trained.network.astype(subject.trained.network.dtype)
    learner = learner_of(subject.trained.experiment, network, task)
    learner.load_state(state)
    return learner


def _tune(learner: Learner, mode: Mode, data: Data, job: Job, say: Say) -> None:
    if mode.name == STATISTICS:
        learner.load_state(learner.state() | precise_statistics(learner, data.training.shuffled()))
        return
    epochs, chance = job["epochs"] if mode.trains else 0, Rng(job["seed"]).at("tuning")
    for epoch in range(1, epochs + 1):
        for place, batch in enumerate(data.training.batches(epoch)):
            learner.learn(batch, rng=chance.at(epoch, place), epoch=epoch - 1, epochs=epochs)
        say("epoch", done=epoch, total=epochs)


def proved(before: Mapping[str, Array], after: Mapping[str, Array], mode: Mode) -> list[dict[str, Any]]:
    """Tensor by tensor, whether it might change and whether a byte of it did.

    Raises:  RunError: one that the mode must not touch has changed.
    """
    tensors = [
        {
            "name": name,
            "values": int(array.size),
            "may_change": name in mode.changing,
            "changed": array.tobytes() != after[name].tobytes(),
        }
        for name, array in before.items()
    ]
    wrong = [tensor["name"] for tensor in tensors if tensor["changed"] and not tensor["may_change"]]
    if wrong:
        hint = "report it: tuning has to leave everything else as it is"
        raise RunError(f"changed {', '.join(map(str, wrong[:5]))}", where=f"--modes={mode.name}", hint=hint)
    return tensors
