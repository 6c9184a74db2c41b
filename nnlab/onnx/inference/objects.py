"""Objects by a detector without anchors: which classes are anywhere in a picture. Where they are is left out."""

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.inference.answer import Answer, not_finite

FIRST_CLASS = 5
"""Channel by channel: whether there is an object, four numbers of its box, then the classes."""

LEAST = 0.65
"""The score from which on an object counts, as its author's own script has it."""


def seen_anywhere(grid: Array) -> Answer:
    """The classes of which some place has an object, each by its best place.

    score = object^0.6 class^0.4

    Shapes:  grid: (1, 5 + classes, rows, columns), probabilities
    Source:  dog-qiuqiu, FastestDet, 2022: the example for onnxruntime.
    """
    scores = np.asarray(grid[0], np.float64)
    problem = not_finite(scores, "scores")
    if problem:
        return Answer(problem=problem)
    certain = np.clip(scores[0], 0, 1) ** 0.6 * np.clip(scores[FIRST_CLASS:], 0, 1) ** 0.4
    best = certain.max((1, 2))
    order = np.argsort(-best, kind="stable")
    return Answer(ranking=tuple((int(number), float(best[number])) for number in order if best[number] >= LEAST))
