"""Which class a picture is of."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truth import Label, Truth
from nnlab.core.truths import Labels, labels_of
from nnlab.core.types import Array, Shape
from nnlab.metrics.base import Metric
from nnlab.metrics.classes import Classes
from nnlab.tasks.base import TASKS, Task
from nnlab.tasks.class_weights import Said, class_weights, parsed


@TASKS.register
@dataclass(kw_only=True, eq=False)
class Classification(Task):
    """One class of several, by the largest probability.

    target = 1 for the class, 0 for the others;  answer = argmax probabilities, undecided (-1) where one is NaN

    Shapes:  output: (batch, classes), probabilities or logits
    Options:  class_weights: how much samples of a class count in the loss of every partition; see class_weights.py.
    """

    also_called = ("Classify", "Classifier", "Recognition")

    truth: ClassVar[type[Truth]] = Label

    class_weights: Said = option(
        None,
        "how much samples of a class count in the loss: all alike (none), classes alike (balanced), or numbers",
        metavar="balanced|NAME=WEIGHT,..|WEIGHT,..",
    )

    weights: Array | None = field(init=False, repr=False, default=None)
    names: Sequence[str] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        super().__post_init__()
        self.class_weights = parsed(self.class_weights)

    def fitted(self, names: Sequence[str], truths: Sequence[Truth]) -> "Classification":
        """With the weights of these classes."""
        fitted = copy.copy(self)
        fitted.names, fitted.weights = names, class_weights(self.class_weights, names, labels_of(truths))
        return fitted

    @property
    def record(self) -> Mapping[str, Any]:
        """The weights by name, where classes do not count alike."""
        if self.weights is None:
            return {}
        return {"class_weights": dict(zip(self.names, self.weights.tolist(), strict=True))}

    def restored(self, record: Mapping[str, Any]) -> "Classification":
        """With the weights that the record has."""
        kept = record.get("class_weights")
        if not isinstance(kept, Mapping):
            return self
        restored = copy.copy(self)
        restored.names, restored.weights = tuple(kept), np.array([float(weight) for weight in kept.values()])
        return restored

    def heads(self, names: Sequence[str], in_shape: Shape, truths: Sequence[Truth] = ()) -> Mapping[str, Head]:
        """One: a value for each class."""
        return {OUTPUT: Head((len(names),))}

    def targets(self, truths: Sequence[Truth], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """One-hot rows, and the weights of their classes."""
        labels = labels_of(truths)
        rows = np.zeros((len(labels), *shapes[OUTPUT]), np.float32)
        rows[np.arange(len(labels)), labels] = 1
        weight = None if self.weights is None else self.weights[labels][:, np.newaxis]
        return {OUTPUT: Target(rows, weight)}

    def answers(self, outputs: Mapping[str, Array]) -> Labels:
        """The likeliest class of each."""
        scores = outputs[OUTPUT]
        return Labels(np.where(np.isnan(scores).any(axis=1), -1, scores.argmax(axis=1)), scores)

    def metrics(self, judge: Metric) -> Mapping[str, Metric]:
        """The chosen one; behind another one the share that is right too."""
        usual = [] if isinstance(judge, Classes) else [Classes()]
        return {metric.figure_key: metric for metric in (judge, *usual)}

    def mistakes(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """1 for another class than the true one, and for none."""
        return np.not_equal(labels_of(answers), labels_of(truths)).astype(np.float64)

    def cells(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """The true class, and the one that was named."""
        return np.stack([labels_of(truths), labels_of(answers)], axis=1)

    def guesses(self, truths: Sequence[Truth]) -> Labels:
        """The largest class for every sample, then the second, as scores: the share of each."""
        counts = np.bincount(labels_of(truths))
        shares = np.broadcast_to(counts / counts.sum(), (len(truths), len(counts)))
        return Labels(np.full(len(truths), counts.argmax()), shares)
