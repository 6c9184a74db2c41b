"""What of answers is sure enough to be told."""

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

from nnlab.core.truth import Boxes, Truth


@singledispatch
def sure(answer: Truth, least: float) -> Truth:
    """The answer without what has a score below `least`: itself, where its parts have no scores of their own."""
    return answer


@sure.register
def _boxes(answer: Boxes, least: float) -> Boxes:
    if answer.scores is None:
        return answer
    kept = answer.scores >= least
    return replace(answer, corners=answer.corners[kept], labels=answer.labels[kept], scores=answer.scores[kept])


def all_sure(answers: Sequence[Truth], least: float) -> tuple[Truth, ...]:
    """The same of each."""
    return tuple(sure(answer, least) for answer in answers)
