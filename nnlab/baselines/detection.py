"""What answers a detection without a network."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnlab.baselines.base import BASELINES, Baseline
from nnlab.core.truth import Boxes, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array
from nnlab.models.graph import Graph
from nnlab.tasks.base import Task
from nnlab.tasks.detection import Detection

MOST = 10
"""Boxes of a class at most."""


class MeanBoxes(Baseline):
    """The same boxes for every picture: of each class as many as a picture has on average, at the mean place of the
    first, second, ... from the left.

    score = share of the training samples that have as many
    """

    name: ClassVar[str] = "mean boxes"
    about: ClassVar[str] = (
        "of each class the mean boxes of the training samples, from left to right, whatever the picture"
    )

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """The means."""
        boxes = list(of_kind(truths, Boxes))
        corners, labels, scores = [np.zeros((0, 4))], [np.zeros(0, np.intp)], [np.zeros(0)]
        for label in np.unique(np.concatenate([np.zeros(0, np.intp), *(own.labels for own in boxes)])).tolist():
            rows = [own.corners[own.labels == label] for own in boxes]
            usual = min(MOST, max(1, round(float(np.mean([len(own) for own in rows])))))
            sorted_rows = [own[np.argsort(own[:, 0], kind="stable")] for own in rows]
            for place in range(usual):
                there = [own[place] for own in sorted_rows if len(own) > place]
                corners.append(np.mean(there, axis=0, keepdims=True))
                labels.append(np.array([label]))
                scores.append(np.array([len(there) / len(rows)]))
        self._boxes = Boxes(np.concatenate(corners), np.concatenate(labels), np.concatenate(scores))

    def answers(self, inputs: Array) -> tuple[Boxes, ...]:
        """Them."""
        return (self._boxes,) * len(inputs)


@BASELINES.register(Detection)
def of_detection(task: Task, names: Sequence[str], network: Graph) -> Sequence[Baseline]:
    """The mean boxes."""
    return (MeanBoxes(),)
