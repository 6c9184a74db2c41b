"""Confident learning: which labels are probably wrong, from probabilities of what had not learnt from them."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array


@dataclass(frozen=True, eq=False)
class Judged:
    """How likely each label is right.

    Options:  quality: of each label, from 0 (surely wrong) to 1.  other: the class that each sample looks most like
              besides its own.  suspect: whether its label is probably wrong.
    Shapes:   each: (samples,)
    """

    quality: Array
    other: Array
    suspect: Array

    @property
    def order(self) -> Array:
        """The samples, those whose labels are most likely wrong first."""
        return np.argsort(self.quality, kind="stable")


def judged_labels(labels: Array, probabilities: Array) -> Judged:
    """Holds labels against probabilities.

    t_j = mean of p_j over the samples labelled j           how sure of a class one is that is right on average
    y* = argmax of p_j over the classes j with p_j >= t_j   what a sample is, if of anything that is sure
    suspect where y* is another class than the label, and likelier than it
    quality = (1 + p_label - max of p_j over the others) / 2

    A class of which the network is never sure needs less of a probability than one that it always knows: so one that is
    hard does not look like one that is badly labelled.

    Shapes:  labels: (samples,) whole numbers;  probabilities: (samples, classes)
    Source:  Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels", 2021,
             equations 1 and 2; quality is their normalised margin.
    """
    rows, classes = np.arange(len(labels)), probabilities.shape[1]
    counts = np.bincount(labels, minlength=classes)
    sums = np.bincount(labels, probabilities[rows, labels], minlength=classes)
    thresholds = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)  # a class that nobody is said to be
    sure = probabilities >= thresholds - 1e-6  # 1e-6: a sample that is as the mean of its class is sure
    meant = np.where(sure, probabilities, -1.0).argmax(axis=1)
    own = probabilities[rows, labels]
    others = probabilities.copy()
    others[rows, labels] = -1.0
    other = others.argmax(axis=1)
    suspect = sure.any(axis=1) & (meant != labels) & (probabilities[rows, meant] > own)
    return Judged((1 + own - others[rows, other]) / 2, np.where(suspect, meant, other), suspect)
