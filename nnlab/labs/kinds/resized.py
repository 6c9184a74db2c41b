"""A cell that scores a run at another size, as it is."""

import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.kernels.threads import at_most_threads
from nnlab.labs.kinds.base import KINDS, Job, Kind, Say
from nnlab.labs.resolution.estimate import scoring
from nnlab.labs.resolution.scored import Scored
from nnlab.labs.resolution.subject import Size, Subject, subject_of
from nnlab.layers.batch_norm import BatchNorm
from nnlab.models.learner import Learner
from nnlab.models.summary import summarised
from nnlab.training.batch_statistics import precise_statistics

WARM, CALLS, SECONDS = 3, 30, 2.0
"""Of single pictures: calls that are not counted, that are at most, and after how long there are no more."""


@KINDS.register
class Resized(Kind):
    """Scores dev at a size with a run's best weights: with its running statistics, and with such as are taken anew."""

    def meaning(self, job: Job) -> Job:
        """All but where the run lies."""
        return {key: value for key, value in job.items() if key != "run"}

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Scores it."""
        subject, size = Subject.of(job["run"], threads=job["threads"]), (job["size"][0], job["size"][1])
        with at_most_threads(subject.trained.experiment.run.threads):
            data, task = subject.data(size, job["share"])
            learner, judgement = subject.trained.learner(), subject.judgement(task)
            dev = data.dev.at_most(subject.most(size))
            running, precise = Scored.of(learner, dev, judgement), None
            if has_norms(subject):
                say("epoch", done=1, total=2)
                mixed = data.training.at_most(subject.most(size)).shuffled()
                learner.load_state(learner.state() | precise_statistics(learner, mixed))
                precise = Scored.of(learner, dev, judgement)
            calls = latency_ms(learner, size, subject.shape[2])
        return {
            "size": list(size),
            "network": figures_at(subject, size),
            "latency_ms": calls,
            "chance": judgement.chance(data.dev.truths),
            "running": running.document(),
            "precise": precise and precise.document(),
        }

    def estimate(self, job: Job) -> Mapping[str, Any]:
        """From a scored minibatch of noise."""
        subject, size = subject_of(job["run"], job["threads"]), (job["size"][0], job["size"][1])
        with at_most_threads(subject.trained.experiment.run.threads):
            return {**scoring(subject, size, precise=has_norms(subject)), "network": figures_at(subject, size)}


def has_norms(subject: Subject) -> bool:
    """Whether a run's network has BatchNorm."""
    return any(isinstance(node.layer, BatchNorm) for node in subject.trained.network.nodes)


def figures_at(subject: Subject, size: Size) -> dict[str, int]:
    """The network in figures, for pictures of a size."""
    found = summarised(subject.trained.network.at((size[1], size[0], subject.shape[2])))
    return {**found.totals(1), "activations": found.activations}


def latency_ms(learner: Learner, size: Size, channels: int) -> dict[str, float]:
    """Of single pictures, one after the other: the median, and what 9 of 10 do not take."""
    picture = np.random.default_rng(0).random((1, size[1], size[0], channels), np.float32)
    began, taken = time.perf_counter(), list[float]()
    for call in range(WARM + CALLS):
        start = time.perf_counter()
        learner.predict(picture)
        taken += [1e3 * (time.perf_counter() - start)] if call >= WARM else []
        if taken and time.perf_counter() - began > SECONDS:
            break
    return {"p50": statistics.median(taken), "p90": float(np.quantile(taken, 0.9)), "calls": len(taken)}
