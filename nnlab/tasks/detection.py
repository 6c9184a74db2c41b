"""What things a picture shows, and where: a box around each."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import make, option, options_of
from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.core.sure import all_sure
from nnlab.core.truth import Boxes, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array, Shape
from nnlab.detection.anchors import BoxLoss
from nnlab.detection.base import BOX_HEADS, BoxHeads
from nnlab.kernels.box_suppression import Kind
from nnlab.losses.base import Loss, Term
from nnlab.metrics.average_precision import AveragePrecision, CountError, MeanAveragePrecision
from nnlab.metrics.base import Metric
from nnlab.metrics.box_matches import matched
from nnlab.tasks.base import TASKS, Task

OVERLAP = 0.5
"""From which intersection over union on an answer has found a thing, where mistakes are counted."""


@TASKS.register
@dataclass(kw_only=True, eq=False)
class Detection(Task):
    """A box around each thing of the classes, as tables or XML files beside the pictures have them.

    target = the maps of a form of heads (nnlab/detection/);  answer = boxes with scores, the surest first

    What of a box lies outside the picture is cut off, after a turn or a crop too; one of which less than a quarter is
    left is not asked for.

    Options:  boxes_by: the form of heads.  score_threshold: of boxes that are shown and counted; average precision is
                  of all.  The others are those of the form of heads.
    """

    also_called = ("Detector", "ObjectDetection", "Boxes", "BoundingBoxes")

    truth: ClassVar[type[Truth]] = Boxes
    reader: ClassVar[str] = "BoxesCsv"
    longest: ClassVar[int] = 320
    minibatch: ClassVar[int] = 8
    reads_numbers: ClassVar[bool] = False
    reads_log_odds: ClassVar[bool] = True
    defaults: ClassVar[Mapping[str, str]] = {
        "model": "CentreNet", "loss": "GaussianFocal", "accuracy": "MeanAveragePrecision",
    }  # fmt: skip

    boxes_by: str = option("Centres", "how the network says boxes", metavar="NAME")
    score_threshold: float = option(0.3, "score from which on a box is shown and counted", low=0, high=1)
    most_boxes: int = option(100, "boxes of a picture at most, the surest", low=1)
    stride: int = option(4, "pixels from one place of the maps to the next", low=1)
    size_share: float = option(0.1, "how much the sizes' loss counts beside the heat map's", low=0)
    offset_share: float = option(1.0, "how much the loss of where in its place a centre is counts", low=0)
    anchors: int = option(3, "sizes of anchors, found among the boxes of the training samples", low=1, high=100)
    anchor_overlap: float = option(0.5, "intersection over union from which an anchor says a box", above=0, high=1)
    anchor_ignored: float = option(
        0.4, "overlap from which an anchor is not asked to say that nothing is there", low=0, high=1
    )
    box_loss: BoxLoss = option("absolute", "of the boxes that anchors say: of their numbers, or of overlap (giou)")
    box_share: float = option(10.0, "how much the loss of anchors' boxes counts beside that of their scores", low=0)
    suppression: Kind = option("hard", "of boxes that overlap a surer one of their class: dropped, or less sure for it")
    suppression_overlap: float = option(0.5, "what boxes of two things may overlap, by anchors", low=0, high=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            BOX_HEADS.get(self.boxes_by)
        except UsageError as error:
            raise UsageError(error.what, where="Detection.boxes_by", hint=error.hint) from error

    @cached_property
    def form(self) -> BoxHeads:
        """The form of heads, with its options."""
        cls = BOX_HEADS.get(self.boxes_by)
        own = {offered.name for offered in options_of(cls)}
        made: BoxHeads = make(cls, {name: value for name, value in self.options().items() if name in own})
        return made

    def fitted(self, names: Sequence[str], truths: Sequence[Truth]) -> "Detection":
        """With what its form of heads takes from the boxes."""
        return self._with(self.form.fitted(tuple(of_kind(truths, Boxes))))

    @property
    def record(self) -> Mapping[str, Any]:
        """What its form of heads took from them."""
        return self.form.record

    def restored(self, record: Mapping[str, Any]) -> "Detection":
        """With that."""
        return self._with(self.form.restored(record))

    def _with(self, form: BoxHeads) -> "Detection":
        if form is self.form:
            return self
        other = copy.copy(self)
        other.form = form
        return other

    def heads(self, names: Sequence[str], in_shape: Shape, truths: Sequence[Truth] = ()) -> Mapping[str, Head]:
        """Those of its form."""
        return self.form.heads(len(names), in_shape)

    def targets(self, truths: Sequence[Truth], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """What they ought to give."""
        return self.form.targets(tuple(of_kind(truths, Boxes)), shapes)

    def answers(self, outputs: Mapping[str, Array]) -> tuple[Boxes, ...]:
        """The boxes that they say, also those that are not sure."""
        return self.form.answers(outputs)

    def shown(self, answers: Sequence[Truth]) -> tuple[Truth, ...]:
        """Those of each that are sure enough."""
        return all_sure(answers, self.score_threshold)

    def terms(self, loss: Loss) -> Mapping[str, Term]:
        """The chosen loss of what is where, and what its form adds."""
        return self.form.terms(loss)

    def metrics(self, judge: Metric) -> Mapping[str, Metric]:
        """The chosen one, then the usual ones."""
        usual = (
            MeanAveragePrecision(),
            AveragePrecision(iou=0.5),
            AveragePrecision(iou=0.75),
            CountError(score=self.score_threshold),
        )
        chosen = {judge.figure_key: judge}
        return chosen | {metric.figure_key: metric for metric in usual if metric.figure_key not in chosen}

    def mistakes(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """Things that were not found, and sure boxes where there is none of that class."""
        pairs = zip(of_kind(self.shown(answers), Boxes), of_kind(truths, Boxes), strict=True)
        return np.array([_missed(answer, truth) for answer, truth in pairs], np.float64)


def _missed(answer: Boxes, truth: Boxes) -> int:
    _, found = matched(answer, truth, np.array([OVERLAP]))
    return len(answer.labels) + len(truth.labels) - 2 * int(np.count_nonzero(found[0] >= 0))
