"""From what a network saw of a picture back to all of it: where a letterbox or a crop stood between."""

from dataclasses import replace

import numpy as np

from nnlab.core.placement import Placement
from nnlab.data.images.base import ImageLibrary
from nnlab.onnx.inference.answer import Answer


def fills(placement: Placement) -> bool:
    """Whether the whole picture was stretched to the whole input: then sizes alone say where a place lies."""
    corners = np.array([[0.0, 0.0], placement.before])
    return bool(np.allclose(placement.points(corners), [[0.0, 0.0], placement.size], rtol=0, atol=1e-6))


def brought_back(answer: Answer, placement: Placement, lib: ImageLibrary) -> Answer:
    """The same answer for the picture before the placement: no object, and the nearest class, where nothing was seen.

    Shapes:  mask and class_map: (height, width) after the placement, the class map perhaps in fewer places; of the
             result: before it
    """
    if answer.mask is not None:
        image = placement.inverse().image(lib.image(answer.mask[:, :, None]), lib)
        return replace(answer, mask=lib.pixels(image)[:, :, 0])
    if answer.truth is not None:
        return replace(answer, truth=answer.truth.moved(placement.inverse()))
    if answer.class_map is None:
        return answer
    high, wide = answer.class_map.shape
    x, y = placement.inverse().sources()
    columns, rows = x.clip(0, placement.size[0] - 1), y.clip(0, placement.size[1] - 1)
    rows, columns = rows * (high / placement.size[1]), columns * (wide / placement.size[0])
    return replace(answer, class_map=answer.class_map[rows.astype(np.intp), columns.astype(np.intp)])
