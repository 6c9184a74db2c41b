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

    def forward(
        self, boxes: Array, scores: Array, max_boxes: Any = None, iou_threshold: Any = None, score_threshold: Any = None
    ) -> Array:
        """The chosen, int64"""
        most = 0 if max_boxes is None else max(0, int(np.ravel(max_boxes)[0]))
        overlap = np.float32(0 if iou_threshold is None else np.ravel(iou_threshold)[0])
        least = None if score_threshold is None else np.ravel(score_threshold)[0]
        images, classes, size = scores.shape
        sides = Boxes(boxes.reshape(-1, 4), overlap, bool(self.center_point_box))
        found = suppressed(sides, scores.reshape(images * classes, size), most, least)
        chosen = np.empty((sum(map(len, found)), 3), np.int64)
        labels = np.repeat(np.arange(images * classes), [len(kept) for kept in found])
        chosen[:, 0], chosen[:, 1] = np.divmod(labels, classes)
        if found:
            chosen[:, 2] = np.concatenate(found)
        return chosen
