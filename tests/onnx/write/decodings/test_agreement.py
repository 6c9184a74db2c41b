"""Boxes that two readings say: the same in whatever order, but for one of many that rounding drops."""

import numpy as np

from nnlab.core.truth import Boxes
from nnlab.onnx.write.decodings.agreement import disagreement


def some(count: int) -> Boxes:
    low = np.random.default_rng(0).uniform(0, 50, (count, 2))
    return Boxes(np.concatenate([low, low + 9], axis=1), np.arange(count) % 3, np.linspace(0.9, 0.1, count))


def without(boxes: Boxes, places: list[int]) -> Boxes:
    assert boxes.scores is not None
    return Boxes(*(np.delete(part, places, axis=0) for part in (boxes.corners, boxes.labels, boxes.scores)))


def test_boxes_agree_in_another_order_and_not_with_other_numbers() -> None:
    boxes = some(8)
    assert boxes.scores is not None
    turned = Boxes(boxes.corners[::-1], boxes.labels[::-1], boxes.scores[::-1] + 1e-7)
    assert disagreement([turned], [boxes], 1e-5) is None
    for other in (
        Boxes(boxes.corners + 0.1, boxes.labels, boxes.scores),
        Boxes(boxes.corners, (boxes.labels + 1) % 3, boxes.scores),
        Boxes(boxes.corners, boxes.labels, boxes.scores + 0.01),
        Boxes(boxes.corners, boxes.labels),
        without(boxes, [3]),
        some(0),
    ):
        assert disagreement([other], [boxes], 1e-5) is not None


def test_of_many_boxes_rounding_may_drop_one_in_twenty() -> None:
    boxes = some(40)
    assert disagreement([without(boxes, [5, 30])], [boxes], 1e-5) is None
    assert disagreement([without(boxes, [5, 30, 31])], [boxes], 1e-5) is not None
    assert disagreement([some(0)], [some(0)], 1e-5) is None
