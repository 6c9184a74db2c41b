"""Boxes as the centres of things: a heat map of where they are, and at each its size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.heads import Head
from nnlab.core.truth import Boxes
from nnlab.core.types import Array, Shape
from nnlab.detection.base import BOX_HEADS, LEAST, BoxHeads
from nnlab.detection.heat import Peaks, gaussians, highest, spreads
from nnlab.kernels.sigmoid import log_odds, sigmoid
from nnlab.losses.base import Loss, Term
from nnlab.losses.robust import MeanAbsoluteError

HEAT, SIZE, OFFSET = "heat", "size", "offset"
"""The heads."""

OVERLAP = 0.7
"""How much a box still overlaps one that is as far off as its Gaussian is wide."""

PRIOR = 0.1
"""The score that a network begins with everywhere: it has to find few peaks among many places."""


@BOX_HEADS.register
@dataclass(kw_only=True, eq=False)
class Centres(BoxHeads):
    """A thing is a peak of its class's heat map, in the cell of its centre; there stand its size and where in the cell.

    cell = floor(centre / stride)
    heat = 1 in the cell, a Gaussian around it;  size = (width, height) / stride;  offset = centre / stride - cell
    back: peaks of 3x3, the surest;  centre = (cell + offset) stride

    Of things with one cell the smaller one's size is learnt. What of a box lies outside the map is cut off.

    Shapes:  heat: (batch, rows, columns, classes), log-odds; size, offset: (batch, rows, columns, 2), in cells
    Options:  stride: pixels from one cell to the next.  size_share, offset_share: of their losses, the heat map's is 1.
    Source:  Zhou, Wang and Kraehenbuehl, "Objects as points", 2019.
    """

    stride: int = option(4, "pixels from one place of the maps to the next", low=1)
    size_share: float = option(0.1, "how much the sizes' loss counts beside the heat map's", low=0)
    offset_share: float = option(1.0, "how much the loss of where in its place a centre is counts", low=0)

    def heads(self, classes: int, in_shape: Shape) -> Mapping[str, Head]:
        """Three maps; sizes begin at an eighth of the image."""
        start = max(1.0, min(in_shape[:2]) / (8 * self.stride)) if len(in_shape) == 3 else 1.0
        heat = Head((None, None, classes), "values", (1.0,) * classes, (log_odds(PRIOR),) * classes, self.stride)
        size = Head((None, None, 2), "values", (start,) * 2, (start,) * 2, self.stride)
        offset = Head((None, None, 2), "values", (0.5,) * 2, (0.5,) * 2, self.stride)
        return {HEAT: heat, SIZE: size, OFFSET: offset}

    def targets(self, boxes: Sequence[Boxes], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """The maps; sizes and offsets count where a centre is."""
        batch, (rows, columns, classes) = len(boxes), shapes[HEAT]
        sample = np.repeat(np.arange(batch), [len(own.labels) for own in boxes])
        corners = np.concatenate([np.zeros((0, 4)), *(own.corners for own in boxes)]) / self.stride
        labels = np.concatenate([np.zeros(0, np.intp), *(own.labels for own in boxes)])
        sizes = corners[:, 2:] - corners[:, :2]
        order = np.argsort(-sizes.prod(axis=1), kind="stable")  # of one cell the last one stays
        sample, corners, labels, sizes = sample[order], corners[order], labels[order], sizes[order]
        centres = (corners[:, :2] + corners[:, 2:]) / 2
        cells = np.clip(np.floor(centres), 0, np.array([columns, rows]) - 1)
        peaks = Peaks(sample, cells[:, 1].astype(np.intp), cells[:, 0].astype(np.intp), labels.astype(np.intp))
        heat = gaussians((batch, rows, columns, classes), peaks, spreads(sizes, OVERLAP))
        size, offset, weight = (np.zeros((batch, rows, columns, width), np.float32) for width in (2, 2, 1))
        places = peaks.sample, peaks.row, peaks.column
        size[places], offset[places], weight[places] = sizes, centres - cells, 1
        return {HEAT: Target(heat), SIZE: Target(size, weight), OFFSET: Target(offset, weight)}

    def answers(self, outputs: Mapping[str, Array]) -> tuple[Boxes, ...]:
        """The peaks, as boxes."""
        heat = outputs[HEAT]
        peaks = highest(heat, log_odds(LEAST), self.most_boxes)
        places = peaks.sample, peaks.row, peaks.column
        sizes, offsets = (outputs[name][places].astype(np.float64) for name in (SIZE, OFFSET))
        centres = np.stack([peaks.column, peaks.row], axis=1) + offsets
        half = np.maximum(sizes, 0) / 2
        most = np.array([heat.shape[2], heat.shape[1]] * 2)
        corners = np.clip(np.concatenate([centres - half, centres + half], axis=1), 0, most) * self.stride
        scores = sigmoid(heat[(*places, peaks.channel)])
        ends = np.searchsorted(peaks.sample, np.arange(1, len(heat)))
        parts = (np.split(values, ends) for values in (corners, peaks.channel, scores))
        return tuple(Boxes(*own) for own in zip(*parts, strict=True))

    def terms(self, loss: Loss) -> Mapping[str, Term]:
        """The chosen loss of the heat map, absolute errors of the others."""
        return {
            HEAT: Term(loss),
            SIZE: Term(MeanAbsoluteError(), self.size_share),
            OFFSET: Term(MeanAbsoluteError(), self.offset_share),
        }
