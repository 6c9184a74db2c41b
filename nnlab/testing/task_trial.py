"""A task on a few samples: what is true of them, what a network would have to say, what that comes to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import make
from nnlab.core.heads import Head
from nnlab.core.truth import Truth
from nnlab.core.types import Array, Shape
from nnlab.losses.base import LOSSES, Term
from nnlab.metrics.base import METRICS, Metric
from nnlab.tasks.base import Task
from nnlab.testing.boxes import odds_where_asked
from nnlab.testing.truths import IN_SHAPE, NAMES, SAMPLES, truths_of

Outputs = Callable[[Mapping[str, Target]], Mapping[str, Array]]
"""Called with targets: what a network's heads say, as the task gets it, that gives what it ought to."""


def directions(targets: Mapping[str, Target]) -> dict[str, Array]:
    """Of identities a direction for each, at right angles."""
    return {head: np.eye(SAMPLES, dtype=np.float32)[target.value[:, 0].astype(int)] for head, target in targets.items()}


@dataclass(frozen=True, eq=False)
class TaskTrial:
    """A task on samples of which this is true.

    Options:  truths: SAMPLES of them, that speak of all three NAMES and are exact in float32; None: some of its kind.
              outputs: those that are answered with the truths; None: the targets themselves, or their log-odds.
    """

    cls: type[Task]
    truths: Sequence[Truth] | None = None
    outputs: Outputs | None = None

    def perfect(self, targets: Mapping[str, Target]) -> Mapping[str, Array]:
        """What a network's heads say, as the task gets it, that gives what it ought to."""
        if self.outputs is not None:
            return self.outputs(targets)
        terms = default_terms(self.cls())
        return {head: odds_where_asked(target, terms[head]) for head, target in targets.items()}

    def asked(self) -> tuple[Task, Sequence[Truth], Mapping[str, Head], Mapping[str, Target]]:
        """The task, truths, the heads that are asked for, and the targets."""
        task = self.cls()
        truths = truths_of(task) if self.truths is None else self.truths
        heads = task.heads(NAMES, IN_SHAPE, truths)
        return task, truths, heads, task.targets(truths, shapes_of(heads))


def default_terms(task: Task) -> Mapping[str, Term | None]:
    """With the loss that it has by default."""
    return task.terms(make(LOSSES.get(task.defaults.get("loss", "CrossEntropy")), {}))


def shapes_of(heads: Mapping[str, Head]) -> dict[str, Shape]:
    """Of what heads give for samples of IN_SHAPE; an axis that follows from the input's is as long as it."""
    return {
        name: tuple(axis or IN_SHAPE[place] for place, axis in enumerate(head.given(IN_SHAPE)))
        for name, head in heads.items()
    }


def judges_of(task: Task) -> list[Metric]:
    """Every metric that could be chosen for it."""
    return [make(judge, {}) for judge in METRICS if judge.judges is task.answer and judge.ranks]


def figures(task: Task, judge: Metric, answers: Sequence[Truth], truths: Sequence[Truth]) -> dict[str, float]:
    """Every figure of these answers."""
    metrics = task.metrics(judge)
    for metric in metrics.values():
        metric.reset()
        metric.update(answers, truths)
    return {name: metric.compute() for name, metric in metrics.items()}
