"""SVMClassifier of ai.onnx.ml."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.labels import as_float, chosen
from nnlab.onnx.ops.post_transform import ML, of_one_score, transformed
from nnlab.onnx.ops.svm import Svm, rows

LEAST = 1e-7
"""Of a probability between two classes, and what it may lack to 1."""

ROUNDS = 100
"""At most, of putting the probabilities of all pairs together."""


@OPERATORS.register("SVMClassifier", since=1, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class SVMClassifier(Svm):
    """Each pair of classes votes by the sign of its machine, and the label with most votes wins

    With prob_a and prob_b scores are probabilities: those of the pairs, 1 / (1 + exp(a s + b)), put together; their
    largest need not be the one with most votes. Without support vectors: one linear machine for each class.

    Shapes:  x: (batch, features); labels: (batch,); scores: (batch, classes), or (batch, pairs) of mere votes
    Options:  vectors_per_class: how many support vectors each class has.
              coefficients: (classes - 1, support vectors): against each of the other classes.
    Source:  Platt, "Probabilistic outputs for support vector machines", 1999; Wu, Lin and Weng, "Probability estimates
             for multi-class classification by pairwise coupling", 2004, algorithm 2.
    """

    classlabels_ints: tuple[int, ...] = ()
    classlabels_strings: tuple[str, ...] = ()
    prob_a: tuple[float, ...] = ()
    prob_b: tuple[float, ...] = ()
    vectors_per_class: tuple[int, ...] = ()

    def forward(self, x: Array) -> tuple[Array, ...]:
        """labels and scores"""
        wide = as_float(x).astype(np.float64)
        if self.vectors_per_class:
            scores = self._between_pairs(wide)
            places, scores = self._decided(scores)
        else:
            weights = rows(self.coefficients, len(self.classlabels_strings or self.classlabels_ints))
            scores = self.kernel(wide, weights) + (self.rho[0] if self.rho else 0)
            places = scores.argmax(axis=1)
        labels = chosen(places, self.classlabels_ints, self.classlabels_strings)
        scores = scores.astype(np.float32)
        if scores.shape[1] == 1:
            mixed = min(self.coefficients, default=0) < 0
            return (labels, of_one_score(scores, self.post_transform, opposite=mixed))[: self.outputs]
        return (labels, transformed(scores, self.post_transform))[: self.outputs]

    def _between_pairs(self, x: Array) -> Array:
        """The score of each pair: above 0 for the first of both.  Shapes:  result: (batch, pairs)"""
        count = sum(self.vectors_per_class)
        kernel = self.kernel(x, rows(self.support_vectors, count))
        weights = rows(self.coefficients, len(self.vectors_per_class) - 1)
        ends = np.cumsum(self.vectors_per_class)
        of = [slice(end - own, end) for end, own in zip(ends, self.vectors_per_class, strict=True)]
        return np.stack([
            matrix_product(kernel[:, of[i]], weights[j - 1, of[i]])
            + matrix_product(kernel[:, of[j]], weights[i, of[j]]) + self.rho[n]
            for n, (i, j) in enumerate(combinations(range(len(of)), 2))
        ], axis=1)  # fmt: skip

    def _decided(self, scores: Array) -> tuple[Array, Array]:
        """The class of each sample, and its scores."""
        classes = len(self.vectors_per_class)
        votes = np.zeros((len(scores), classes))
        for n, (i, j) in enumerate(combinations(range(classes), 2)):
            votes[:, i] += scores[:, n] > 0
            votes[:, j] += scores[:, n] <= 0
        if self.prob_a:
            first = 1 / (1 + np.exp(scores * np.array(self.prob_a) + np.array(self.prob_b)))
            scores = np.array([coupled(row, classes) for row in np.clip(first, LEAST, 1 - LEAST)]).reshape(-1, classes)
        return votes.argmax(axis=1), scores


def coupled(first: Array, classes: int) -> Array:
    """The probabilities p of all classes that fit best those between two: r[i, j] p[j] = r[j, i] p[i] for each pair.

        Q[i, i] = sum over j of r[j, i]^2,  Q[i, j] = -r[j, i] r[i, j];  until Q p = (p Q p) 1, for each i in turn:
        p[i] += (p Q p - (Q p)[i]) / Q[i, i], and all of p divided by its sum

    Shapes:  first: (pairs,), that of the first of each pair; result: (classes,)
    """
    r = np.zeros((classes, classes))
    for (i, j), p in zip(combinations(range(classes), 2), first, strict=True):
        r[i, j], r[j, i] = p, 1 - p
    q = -r.T * r + np.diag(np.square(r).sum(axis=0))
    p = np.full(classes, 1 / classes)
    for _ in range(max(ROUNDS, classes)):
        if np.abs(q @ p - p @ q @ p).max() < 0.005 / classes:
            break
        for i in range(classes):
            p[i] += (p @ q @ p - (q @ p)[i]) / q[i, i]
            p /= p.sum()
    return p
