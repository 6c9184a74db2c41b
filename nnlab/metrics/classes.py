"""Accuracy: the share of samples whose class was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.truth import Truth
from nnlab.core.truths import labels_of
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS
from nnlab.metrics.hits import HitShare


@METRICS.register
@dataclass(kw_only=True, eq=False)
class Classes(HitShare):
    """The share of samples whose class was found.

    accuracy = (samples whose answer is their label) / samples

    An undecided answer (-1: a NaN among its scores) is wrong, whatever the class.
    """

    also_called = ("Accuracy",)

    key: ClassVar[str] = "accuracy"
    title: ClassVar[str] = "accuracy"

    def hits(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """Where answer and truth are the same class."""
        found: Array = labels_of(answers) == labels_of(truths)
        return found
