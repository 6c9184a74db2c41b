"""The contract of a task."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import Component
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.registry import Registry
from nnlab.core.truth import Truth
from nnlab.core.types import Array, Shape
from nnlab.losses.base import Loss, Term
from nnlab.metrics.base import Metric


@dataclass(kw_only=True, eq=False)
class Task(Component, ABC):
    """What a network is trained for: all else (batches, graphs, the loop, the run folder) knows no task.

    truths -> targets, by head -> (network, loss) -> outputs, by head -> answers, which are truths again -> metrics

    Options:  truth: the kind of its truths.  answer: that of its answers, where it is another.
              reads_numbers, reads_log_odds: whether it takes values of a network for the numbers that they are, for
                  log-odds, or for either: which of them they are is said by the loss that they were learnt by.
              reader: the reader of folders that finds its samples (data/readers/).
              naming, noun: what its names are of, several and one.
              knows_others: whether it can be asked of classes that training did not have.
              longest, minibatch: of photos that nobody says how to prepare, the longer side in pixels at most (what a
                  multilayer perceptron can learn from), and how many are learnt from at once.
              defaults: the component by default, by section, where it is not the same for all tasks.
              scales: how much smaller and larger pictures are made, to see how a trained network does on those.
    """

    truth: ClassVar[type[Truth]]
    reader: ClassVar[str] = "ClassFolders"
    naming: ClassVar[str] = "classes"
    noun: ClassVar[str] = "class"
    longest: ClassVar[int] = 64
    minibatch: ClassVar[int] = 64
    defaults: ClassVar[Mapping[str, str]] = {}
    scales: ClassVar[tuple[float, ...]] = ()
    answer: ClassVar[type[Truth]]
    reads_numbers: ClassVar[bool] = True
    reads_log_odds: ClassVar[bool] = False
    knows_others: ClassVar[bool] = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "truth" in vars(cls) and "answer" not in vars(cls):
            cls.answer = cls.truth

    @abstractmethod
    def heads(self, names: Sequence[str], in_shape: Shape, truths: Sequence[Truth] = ()) -> Mapping[str, Head]:
        """What it asks of a network, by head.

        Options:  names: of the classes, or of the numbers.  truths: of the training samples, where they are known.
        """

    @property
    def reading(self) -> Mapping[str, Any]:
        """Options of its reader that are options of the task."""
        return {}

    @property
    def first_head(self) -> Head:
        """What it asks of a network first, where nothing is known of its data: two names, a row of one value."""
        return next(iter(self.heads(("a", "b"), (1,)).values()))

    def suited(self, loss: Loss | type[Loss]) -> "Task":
        """The task as this loss needs it, which asks other heads of a network than another; by default itself."""
        return self

    def fitted(self, names: Sequence[str], truths: Sequence[Truth]) -> "Task":
        """The task with what it takes from the training samples besides its options; itself where that is nothing.

        Raises:  UsageError, DataError: options that do not fit them.
        """
        return self

    @property
    def record(self) -> Mapping[str, Any]:
        """What it took from them, for the run's files."""
        return {}

    def restored(self, record: Mapping[str, Any]) -> "Task":
        """The task as it was fitted, by what its `record` said then; itself where it takes nothing."""
        return self

    @abstractmethod
    def targets(self, truths: Sequence[Truth], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """What the heads ought to give for samples of which this is true.

        Options:  shapes: of one sample of what each head gives.
        """

    @abstractmethod
    def answers(self, outputs: Mapping[str, Array]) -> Sequence[Truth]:
        """What a network says of each sample, from what its heads gave: probabilities, or values."""

    def shown(self, answers: Sequence[Truth]) -> Sequence[Truth]:
        """What of the answers people are shown, in files, pictures and on pages: all; metrics judge them all anyway."""
        return answers

    @abstractmethod
    def metrics(self, judge: Metric) -> Mapping[str, Metric]:
        """What is reported, by its name in files; the first, which was chosen, says which weights are the best."""

    def terms(self, loss: Loss) -> Mapping[str, Term | None]:
        """What is minimised, by head; None for one that is read, and not learnt from.

        Options:  loss: the one that was chosen.
        """
        return {OUTPUT: Term(loss)}

    def amount(self, names: Sequence[str]) -> str:
        """How many names there are, in words: "10 classes"."""
        return f"{len(names)} {self.noun if len(names) == 1 else self.naming}"

    def mistakes(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """How wrong each answer is: 0 where it is right, the larger the worse; all alike, where a task cannot say.

        Shapes:  result: (samples,), float64
        """
        return np.ones(len(truths))

    def cells(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array | None:
        """Which cell of a table of confusions each sample is in, by the numbers of its truth and of its answer; None
        where there is no such table.

        Shapes:  result: (samples, 2), whole numbers
        """
        return None

    def guesses(self, truths: Sequence[Truth]) -> Sequence[Truth] | None:
        """The best answers that look at no picture, the same for all samples; None where there is no such thing."""
        return None


TASKS: Registry[Task] = Registry("task", "nnlab.tasks")
