"""Where pictures lie among others: near those of their own identity, also of identities that training never had."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.heads import OUTPUT, Head, Kind
from nnlab.core.truth import Label, Truth, Vector
from nnlab.core.truths import Vectors, labels_of
from nnlab.core.types import Array, Shape
from nnlab.losses.base import Loss, Term
from nnlab.metrics.base import Metric
from nnlab.metrics.retrieval import RecallAt, RetrievalPrecision
from nnlab.tasks.base import TASKS, Task

CLASSES = "classes"
"""The head that tells the classes of training apart, for losses of cosines and of probabilities."""


@TASKS.register
@dataclass(kw_only=True, eq=False)
class Embedding(Task):
    """A vector of length 1 for each picture, so that pictures of one identity point nearly the same way.

    target = the identity;  answer = the vector;  alike are those of which the cosine is large

    Losses that compare samples (Contrastive, Triplet) learn from the vectors themselves. Others (ArcFace, CosFace,
    CrossEntropy) tell the classes of training apart by a head behind the vectors, which later nobody asks.

    Shapes:  output: (batch, embedding), of length 1; classes, where the loss wants them: (batch, classes of training)
    Options:  embedding: how many numbers a vector has.
    """

    also_called = ("Embed", "Embeddings", "MetricLearning", "Similarity", "Retrieval")

    truth: ClassVar[type[Truth]] = Label
    answer: ClassVar[type[Truth]] = Vector
    knows_others: ClassVar[bool] = True
    defaults: ClassVar[Mapping[str, str]] = {"loss": "Triplet", "accuracy": "RecallAt"}

    embedding: int = option(32, "numbers of each vector", low=1, high=65_536)

    kind: Kind | None = field(init=False, repr=False, default=None)  # of the head of classes; None where there is none
    learnt: Sequence[int] | None = field(init=False, repr=False, default=None)  # the classes of training; None: all

    def suited(self, loss: Loss | type[Loss]) -> "Embedding":
        """With a head of classes, where the loss takes no vectors."""
        suited = copy.copy(self)
        takes = loss.takes[0]
        suited.kind = {"cosines": "cosines", "logits": "classes", "probabilities": "classes"}.get(takes)  # type: ignore[assignment]
        return suited

    def fitted(self, names: Sequence[str], truths: Sequence[Truth]) -> "Embedding":
        """For the classes that training has."""
        fitted = copy.copy(self)
        fitted.learnt = np.unique(labels_of(truths)).tolist()
        return fitted

    @property
    def record(self) -> Mapping[str, Any]:
        """The classes that it learnt, where a head tells them apart."""
        return {} if self.learnt is None or self.kind is None else {"learnt_classes": list(self.learnt)}

    def restored(self, record: Mapping[str, Any]) -> "Embedding":
        """For the classes that the record has."""
        kept = record.get("learnt_classes")
        if not isinstance(kept, list):
            return self
        restored = copy.copy(self)
        restored.learnt = [int(place) for place in kept]
        return restored

    def heads(self, names: Sequence[str], in_shape: Shape, truths: Sequence[Truth] = ()) -> Mapping[str, Head]:
        """The vector, and where the loss wants it what tells classes apart."""
        heads = {OUTPUT: Head((self.embedding,), "vectors")}
        if self.kind is not None:
            heads[CLASSES] = Head((len(self._learnt(names)),), self.kind, of=OUTPUT)
        return heads

    def _learnt(self, names: Sequence[str]) -> Sequence[int]:
        return range(len(names)) if self.learnt is None else self.learnt

    def terms(self, loss: Loss) -> Mapping[str, Term | None]:
        """The loss, of the vectors or of what is behind them."""
        return {OUTPUT: Term(loss)} if self.kind is None else {OUTPUT: None, CLASSES: Term(loss)}

    def targets(self, truths: Sequence[Truth], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """Identities; or one-hot rows of the classes of training, with no weight where a sample is of none of them."""
        labels = labels_of(truths)
        if self.kind is None:
            return {OUTPUT: Target(labels[:, np.newaxis].astype(np.float64))}
        classes = shapes[CLASSES][-1]
        learnt = np.arange(classes) if self.learnt is None else np.asarray(self.learnt)
        rows = np.equal(labels[:, np.newaxis], learnt).astype(np.float32)
        known = rows.sum(axis=1)
        if known.all():
            return {CLASSES: Target(rows)}
        rows[known == 0, 0] = 1  # a distribution, which counts for nothing
        return {CLASSES: Target(rows, known[:, np.newaxis])}

    def answers(self, outputs: Mapping[str, Array]) -> Vectors:
        """The vectors."""
        return Vectors(outputs[OUTPUT])

    def metrics(self, judge: Metric) -> Mapping[str, Metric]:
        """The chosen one, then the others of the two that are usual."""
        usual = [metric for metric in (RecallAt(), RetrievalPrecision()) if metric.figure_key != judge.figure_key]
        return {metric.figure_key: metric for metric in (judge, *usual)}
