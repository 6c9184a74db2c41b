"""Which class was taken for which."""

import numpy as np
import numpy.typing as npt

from nnlab.core.types import Array


class ConfusionMatrix:
    """Counts of actual against predicted classes. A table, not a figure to train by, so it is no registered metric.

    matrix[actual, predicted] = samples of class `actual` that were taken for class `predicted`

    Options:  classes: how many there are.
              undecided: samples with a NaN among their outputs; they are in no cell.
    Shapes:  matrix: (classes, classes), int64; its rows add up to the samples of each class (less the undecided)
    """

    def __init__(self, classes: int):
        self.matrix: npt.NDArray[np.int64] = np.zeros((classes, classes), np.int64)
        self.undecided = 0

    def update(self, predicted: Array, target: Array) -> None:
        """Counts one batch: (batch, classes) probabilities or logits, and one-hot targets."""
        decided = ~np.isnan(predicted).any(axis=1)
        self.undecided += len(predicted) - int(np.count_nonzero(decided))
        np.add.at(self.matrix, (target[decided].argmax(axis=1), predicted[decided].argmax(axis=1)), 1)
