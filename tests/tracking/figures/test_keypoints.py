import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.truth import Points
from nnlab.tracking import plots
from nnlab.tracking.figures.base import Subject
from nnlab.tracking.figures.keypoints import KeypointsFigures, draw_distances

SEEN = np.array([True, True])
TRUE = (Points(np.array([[1.0, 1], [3, 3]]), SEEN), Points(np.array([[0.0, 0], [2, 2]]), np.array([True, False])),
        Points(np.array([[1.0, 0], [0, 1]]), np.array([False, False])))  # fmt: skip
SAID = (Points(np.array([[1.0, 2], [3, 3]]), SEEN), Points(np.array([[3.0, 4], [9, 9]]), SEEN), TRUE[2])


class Part:
    def __init__(self, images):
        self._images = images

    def __len__(self):
        return len(self._images)

    def batches(self, epoch=None):
        yield Batch(self._images, {})


class Data:
    names = ("nose", "tail")
    dev = test = Part(np.zeros((3, 4, 4, 1), np.float32))


def told():
    figures = KeypointsFigures()
    for name in ("dev", "test"):
        figures.answered(name, Batch(Data.dev._images, {}, TRUE), SAID, np.zeros(3))
    return figures


def test_a_run_leaves_a_plot_for_each_partition_and_a_sheet(tmp_path):
    drawn = told().draw(tmp_path, Subject(Data, "main", (4, 4, 1)))
    assert [path.name for path in drawn] == ["distances-dev.png", "distances-test.png", "samples.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_the_farthest_off_come_first_and_what_is_hidden_does_not_count(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "draw_captioned", lambda path, *what, **words: seen.append((*what, words["note"])))
    told().draw(tmp_path, Subject(Data, "main", (4, 4, 1)))
    ((images, first, second, note),) = seen
    assert first == ["5.0 px off", "0.5 px off", "all hidden"]
    assert second == ["nose by 5.0", "nose by 1.0", ""]
    assert images.shape == (3, 92, 92, 3) and images.any(axis=(1, 2, 3)).tolist() == [True, True, False]
    assert note.startswith("dev: the 3 of 3")


@pytest.mark.parametrize("off", [[[np.nan], [1.0]], [[np.inf], [np.inf]], [[0.0], [0.0]]])
def test_what_is_no_number_can_be_drawn(tmp_path, off):
    draw_distances(tmp_path / "a.png", np.array(off), np.ones((2, 1), bool), ["nose"], title="t")
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_a_point_that_is_said_to_be_nowhere_is_told_in_words(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "draw_captioned", lambda path, *what, **words: seen.append(what))
    figures = KeypointsFigures()
    nowhere = (Points(np.full((2, 2), np.nan), SEEN), *SAID[1:])
    figures.answered("dev", Batch(Data.dev._images, {}, TRUE), nowhere, np.zeros(3))
    figures.draw(tmp_path, Subject(Data, "main", (4, 4, 1)))
    assert (seen[0][1][0], seen[0][2][0]) == ("no place was said", "nose is nowhere")
