"""Which class a picture is of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truth import Label, Labels, Truth, labels_of
from nnlab.core.types import Array, Shape
from nnlab.metrics.base import Metric
from nnlab.tasks.base import TASKS, Task


@TASKS.register
@dataclass(kw_only=True, eq=False)
class Classification(Task):
    """One class of several, by the largest probability.

    target = 1 for the class, 0 for the others;  answer = argmax probabilities, undecided (-1) where one is NaN

    Shapes:  output: (batch, classes), probabilities or logits
    """

    also_called = ("Classify", "Classifier", "Recognition")

    truth: ClassVar[type[Truth]] = Label

    def heads(self, names: Sequence[str], in_shape: Shape, truths: Sequence[Truth] = ()) -> Mapping[str, Head]:
        """One: a value for each class."""
        return {OUTPUT: Head((len(names),))}

    def targets(self, truths: Sequence[Truth], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """One-hot rows."""
        labels = labels_of(truths)
        rows = np.zeros((len(labels), *shapes[OUTPUT]), np.float32)
        rows[np.arange(len(labels)), labels] = 1
        return {OUTPUT: Target(rows)}

    def answers(self, outputs: Mapping[str, Array]) -> Labels:
        """The likeliest class of each."""
        scores = outputs[OUTPUT]
        return Labels(np.where(np.isnan(scores).any(axis=1), -1, scores.argmax(axis=1)), scores)

    def metrics(self, judge: Metric) -> Mapping[str, Metric]:
        """The chosen one, in files as "accuracy"."""
        return {"accuracy": judge}

    def guesses(self, truths: Sequence[Truth]) -> Labels:
        """The largest class for every sample."""
        return Labels(np.full(len(truths), np.bincount(labels_of(truths)).argmax()))
