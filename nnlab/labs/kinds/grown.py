"""A cell that trains a network, and says also what its weights come to with BatchNorm's statistics taken anew."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.kernels.threads import at_most_threads
from nnlab.labs.kinds.base import KINDS, Job, Say
from nnlab.labs.kinds.resized import has_norms, latency_ms
from nnlab.labs.kinds.train import Train
from nnlab.labs.resolution.scored import Scored
from nnlab.labs.resolution.subject import Subject
from nnlab.training.batch_statistics import precise_statistics

TENTH = 10
"""The last one of so many parts of a run is looked at."""


@KINDS.register
class Grown(Train):
    """As Train; and of dev the last figure, the best, the median of the last tenth, and with statistics taken anew."""

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Trains it, and looks at it."""
        result = super().work(job, folder, say)
        subject = Subject.of(folder / Path(str(result["run"])).name)
        with at_most_threads(subject.trained.experiment.run.threads):
            data, task = subject.data(subject.size)
            learner, judgement = subject.trained.learner(), subject.judgement(task)
            running, precise = Scored.of(learner, data.dev, judgement), None
            if has_norms(subject):
                learner.load_state(learner.state() | precise_statistics(learner, data.training.shuffled()))
                precise = Scored.of(learner, data.dev, judgement)
            calls = latency_ms(learner, subject.size, subject.shape[2])
        every = dev_figures(subject)
        return {
            **result,
            "latency_ms": calls,
            "running": running.document(),
            "precise": precise and precise.document(),
            "chance": judgement.chance(data.dev.truths),
            "dev_last": every[-1],
            "dev_median": statistics.median(every[-max(1, len(every) // TENTH) :]),
        }


def dev_figures(subject: Subject) -> Sequence[float]:
    """The judging figure of dev, epoch by epoch."""
    key, rows = subject.trained.experiment.figure, subject.trained.run.metrics
    return [float(row[key]) for row in rows if row["partition"] == "dev"]
