"""The contract of heads that say boxes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.batch import Target
from nnlab.core.component import Component, option
from nnlab.core.heads import Head
from nnlab.core.registry import Registry
from nnlab.core.truth import Boxes
from nnlab.core.types import Array, Shape
from nnlab.losses.base import Loss, Term

LEAST = 0.01
"""The score from which on a box is an answer: precision and recall are drawn from sure boxes down to these."""


@dataclass(kw_only=True, eq=False)
class BoxHeads(Component, ABC):
    """How boxes are said by the maps of a network. Its options are options of the task Detection, of the same names.

    boxes -> targets, by head -> (network, loss) -> outputs, by head -> boxes with scores
    """

    most_boxes: int = option(100, "boxes of a picture at most, the surest", low=1)

    @property
    def in_operators(self) -> bool:
        """Whether ONNX has operators for its answers."""
        return True

    def fitted(self, boxes: Sequence[Boxes]) -> "BoxHeads":
        """With what it takes from the boxes of the training samples; itself where that is nothing."""
        return self

    @property
    def record(self) -> Mapping[str, Any]:
        """What it took from them, for the run's files."""
        return {}

    def restored(self, record: Mapping[str, Any]) -> "BoxHeads":
        """As it was fitted, by what its `record` said then."""
        return self

    @abstractmethod
    def heads(self, classes: int, in_shape: Shape) -> Mapping[str, Head]:
        """What it asks of a network for images of this shape, by head."""

    @abstractmethod
    def targets(self, boxes: Sequence[Boxes], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """What the heads ought to give.  Options:  shapes: of one sample of what each head gives."""

    @abstractmethod
    def answers(self, outputs: Mapping[str, Array]) -> tuple[Boxes, ...]:
        """The boxes of each sample, by falling score, at most `most_boxes`, none of them below LEAST."""

    @abstractmethod
    def terms(self, loss: Loss) -> Mapping[str, Term]:
        """What is minimised, by head.  Options:  loss: of what is where."""


BOX_HEADS: Registry[BoxHeads] = Registry("form of heads", "nnlab.detection")
