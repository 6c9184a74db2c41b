from types import SimpleNamespace

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.truth import VOID, Mask
from nnlab.tracking import plots
from nnlab.tracking.figures.base import Subject
from nnlab.tracking.figures.segmentation import SegmentationFigures

TRUE = np.zeros((12, 9, 10), np.uint8)
TRUE[:, :4] = 1


def told(count: int = 12) -> SegmentationFigures:
    """Of picture i, i columns are wrong."""
    figures = SegmentationFigures()
    for first in range(0, count, 5):
        places = range(first, min(count, first + 5))
        said = [Mask(np.where(np.arange(10) < place, 1 - TRUE[place], TRUE[place])) for place in places]
        batch = Batch(
            np.random.default_rng(0).random((len(places), 9, 10, 1), np.float32),
            {},
            tuple(Mask(TRUE[place]) for place in places),
            [f"images/{place}.png" for place in places],
        )
        figures.answered("dev", batch, said, np.zeros(len(places)))
    return figures


@pytest.fixture
def sheets(monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "draw_captioned", lambda path, *what, **words: seen.append((*what, words["note"])))
    return seen


SUBJECT = Subject(SimpleNamespace(names=("background", "thing")), "main", (9, 10, 1))


def test_a_chart_for_each_partition_and_a_sheet(tmp_path):
    drawn = told().draw(tmp_path, SUBJECT)
    assert [path.name for path in drawn] == ["iou-dev.png", "samples.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_the_worst_stand_first_each_with_its_mask_and_the_answer(tmp_path, sheets):
    told().draw(tmp_path, SUBJECT)
    ((images, said, files, note),) = sheets
    assert files == [f"{place}.png" for place in (10, 11, 9, 8, 7, 6, 5, 4)]
    assert said[0] == "IoU 0.000" and note.startswith("dev: the 8 that are farthest off")
    width = (images.shape[2] - 8) // 3
    assert images.shape[1] / 9 == width / 10 == 19  # enlarged
    picture, true = images[0, :, :width], images[0, :, width + 4 : 2 * width + 4]
    changed = np.abs(picture - true).max(axis=-1)[::19, ::19] > 0.02
    np.testing.assert_array_equal(changed, TRUE[0] == 1)


def test_an_answer_of_the_middle_is_drawn_in_the_middle(tmp_path, sheets):
    figures = SegmentationFigures()
    batch = Batch(np.zeros((1, 9, 10, 3), np.float32), {}, (Mask(TRUE[0]),), ["a.png"])
    figures.answered("test", batch, [Mask(np.full((5, 6), 1, np.uint8))], np.zeros(1))
    figures.draw(tmp_path, SUBJECT)
    assert sheets[0][1] == ["IoU 0.200"]  # of 30 pixels 12 are 1: 12/30 and 0
    assert VOID == 255


def test_a_picture_of_void_alone_is_not_among_the_worst_and_moves_none_of_them(tmp_path, sheets):
    figures = told()
    batch = Batch(np.zeros((1, 9, 10, 1), np.float32), {}, (Mask(np.full((9, 10), VOID, np.uint8)),), ["void.png"])
    figures.answered("dev", batch, [Mask(TRUE[0])], np.zeros(1))
    figures.draw(tmp_path, SUBJECT)
    assert sheets[0][2] == [f"{place}.png" for place in (10, 11, 9, 8, 7, 6, 5, 4)]
