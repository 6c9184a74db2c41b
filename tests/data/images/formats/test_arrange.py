import numpy as np
import pytest

from nnlab.data.images.formats.arrange import arranged, upright
from nnlab.data.images.formats.base import Canvas, Header

LETTER = np.array([[1, 2], [3, 4], [5, 6]], np.uint8)[:, :, None]


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, [[1, 2], [3, 4], [5, 6]]),
        (2, [[2, 1], [4, 3], [6, 5]]),
        (3, [[6, 5], [4, 3], [2, 1]]),
        (4, [[5, 6], [3, 4], [1, 2]]),
        (5, [[1, 3, 5], [2, 4, 6]]),
        (6, [[5, 3, 1], [6, 4, 2]]),
        (7, [[6, 4, 2], [5, 3, 1]]),
        (8, [[2, 4, 6], [1, 3, 5]]),
    ],
)
def test_each_orientation_by_hand(orientation: int, expected: list[list[int]]) -> None:
    assert upright(LETTER, orientation)[:, :, 0].tolist() == expected


def test_a_frame_lies_on_a_transparent_canvas() -> None:
    header = Header("gif", 4, 3, canvas=Canvas(4, 3, left=1, top=2))
    placed = arranged(np.full((1, 2, 3), 9, np.uint8), header)
    assert placed[:, :, 3].tolist() == [[0] * 4, [0] * 4, [0, 255, 255, 0]]
    assert placed[2, 1].tolist() == [9, 9, 9, 255]
