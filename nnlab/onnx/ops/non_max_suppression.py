"""NonMaxSuppression."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.overlap import Boxes
from nnlab.kernels.suppression import suppressed
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("NonMaxSuppression", since=(10, 11))
@dataclass(frozen=True, kw_only=True, eq=False)
class NonMaxSuppression(Operator):
    """Of each class, the boxes by falling score that overlap none chosen before: intersection / union <= iou_threshold

    Shapes:  boxes: (batch, boxes, 4); scores: (batch, classes, boxes); the rest: (1,)
             result: (chosen, 3): batch, class, box
    Options:  center_point_box: 0 for two opposite corners y, x, y, x in any order; 1 for centre x, y, width, height.
              No box at all is chosen where max_boxes is left out.
    """

    center_point_box: int = 0

    def corners(self, boxes: Array) -> tuple[Array, Array]:
        """The lower and the upper corner of each box.  Shapes:  boxes: (..., 4); results: (..., 2)"""
        first, second = boxes[..., :2], boxes[..., 2:]
        if self.center_point_box:
            return first - second / 2, first + second / 2
        return np.minimum(first, second), np.maximum(first, second)

    def forward(
        self, boxes: Array, scores: Array, max_boxes: Any = None, iou_threshold: Any = None, score_threshold: Any = None
    ) -> Array:
        """The chosen, int64"""
        most = 0 if max_boxes is None else int(np.ravel(max_boxes)[0])
        overlap = np.float32(0 if iou_threshold is None else np.ravel(iou_threshold)[0])
        least = None if score_threshold is None else np.ravel(score_threshold)[0]
        found = []
        for batch, own in enumerate(scores):
            placed = Boxes.of(*self.corners(boxes[batch]), overlap)
            for label, kept in enumerate(suppressed(placed, own, most, least)):
                found.append(np.empty((len(kept), 3), np.int64))
                found[-1][:, 0], found[-1][:, 1], found[-1][:, 2] = batch, label, kept
        return np.concatenate(found) if found else np.zeros((0, 3), np.int64)
