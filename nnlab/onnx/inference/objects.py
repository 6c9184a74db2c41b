"""Objects by a detector without anchors: a box around each, of its class; and which classes are anywhere."""

from typing import TYPE_CHECKING

import numpy as np

from nnlab.core.placement import Placement
from nnlab.core.truth import Boxes
from nnlab.core.types import Array
from nnlab.kernels.box_suppression import Suppression
from nnlab.kernels.sigmoid import sigmoid
from nnlab.onnx.inference.answer import Answer, not_finite

if TYPE_CHECKING:
    from nnlab.onnx.inference.forms import Size

FIRST_CLASS = 5
"""Channel by channel: whether there is an object, four numbers of its box, then the classes."""

LEAST = 0.65
"""The score from which on an object counts, as its author's own script has it."""

OVERLAP = 0.45
"""Of intersection over union that two objects may have, as there; of whatever classes."""

MOST = 300
"""Objects of a picture."""


def objects_in(grid: Array, size: "Size", placement: Placement) -> Answer:
    """A box around each object, in the picture's own pixels; ranked are their classes, each by its best place.

    score = object^0.6 class^0.4, of the likeliest class of a place
    centre = (column + tanh t1, row + tanh t2) / (columns, rows);  size = sigmoid(t3), sigmoid(t4)

    Shapes:  grid: (1, 5 + classes, rows, columns), probabilities but for the box's numbers t, shares of the picture
    Options:  size: of the picture as the network took it.  placement: of the picture in that.
    Source:  dog-qiuqiu, FastestDet, 2022: the example for onnxruntime.
    """
    values = np.asarray(grid[0], np.float64)
    problem = not_finite(values, "numbers")
    if problem:
        return Answer(problem=problem)
    certain = np.clip(values[0], 0, 1) ** 0.6 * np.clip(values[FIRST_CLASS:], 0, 1) ** 0.4
    labels, scores = certain.argmax(axis=0).ravel(), certain.max(axis=0).ravel()
    rows, columns = values.shape[1:]
    suppress = Suppression(overlap=OVERLAP, by_class=False, most=MOST, least=float(np.nextafter(LEAST, 0)))
    corners = _corners(values[1:FIRST_CLASS], rows, columns)
    kept, left = suppress(corners, labels, scores)
    corners = np.clip(corners, 0, 1) * ([size.width, size.height] * 2)
    seen = Boxes(corners[kept], labels[kept], left).moved(placement.inverse())
    best = certain.max((1, 2))
    order = np.argsort(-best, kind="stable")
    ranking = tuple((int(number), float(best[number])) for number in order if best[number] >= LEAST)
    return Answer(ranking=ranking, truth=seen, count=len(best))


def _corners(t: Array, rows: int, columns: int) -> Array:
    """Shares of the picture.  Shapes:  t: (4, rows, columns); result: (rows columns, 4)"""
    places = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)))
    centres = ((places + np.tanh(t[:2])) / np.array([columns, rows])[:, None, None]).reshape(2, -1).T
    sizes = sigmoid(t[2:]).reshape(2, -1).T
    return np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
