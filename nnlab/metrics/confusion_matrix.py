"""Which class was taken for which."""

import numpy as np

from nnlab.core.types import Array


def confusion_matrix(actual: Array, predicted: Array, classes: int) -> Array:
    """Counts of actual against predicted classes. A table, not a figure to train by, so it is no registered metric.

    matrix[actual, predicted] = samples of class `actual` that were taken for class `predicted`

    Options:  classes: how many there are.
    Shapes:  actual, predicted: (samples,) class indexes, -1 for an undecided prediction, which is in no cell;
             matrix: (classes, classes), integers
    """
    decided = predicted >= 0
    pairs = actual[decided] * classes + predicted[decided]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
