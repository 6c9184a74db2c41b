"""The class of every pixel, in a file: the likeliest."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.core.heads import OUTPUT
from nnlab.core.truth import Mask
from nnlab.core.types import Array
from nnlab.onnx.write.building import Building, Declared
from nnlab.onnx.write.decodings.base import DECODINGS, Decoding, Given
from nnlab.tasks.base import Task
from nnlab.tasks.segmentation import Segmentation

LABELS = "labels"


class SegmentationDecoding(Decoding):
    """labels = argmax of the probabilities, which stand beside them: (batch, rows, columns, 1)"""

    def written(self, task: Task, heads: Mapping[str, Given], building: Building) -> Sequence[Declared]:
        """One node."""
        y = heads[OUTPUT]
        labels = building.add("ArgMax", y.name, name=LABELS, axis=3, keepdims=1)
        return [Declared(labels, np.int64, (*y.shape[:2], 1), about="the likeliest class of every pixel")]

    def answers(self, task: Task, outputs: Mapping[str, Array]) -> tuple[Mask, ...]:
        """A mask of each."""
        return tuple(Mask(labels[..., 0].astype(np.uint8)) for labels in outputs[LABELS])


DECODINGS.register(Segmentation)(SegmentationDecoding())
