from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from nnlab.core.batch import Batch
from nnlab.core.truth import Boxes
from nnlab.tasks.detection import Detection
from nnlab.tracking.figures import detection
from nnlab.tracking.figures.base import Subject
from nnlab.tracking.figures.detection import DetectionFigures


def boxes(*rows, scores=None):
    """Of x0, y0, x1, y1, label."""
    table = np.array(rows, float).reshape(-1, 5)
    return Boxes(table[:, :4], table[:, 4].astype(int), None if scores is None else np.array(scores))


TRUTHS = (boxes((0, 0, 8, 8, 0)), boxes((4, 4, 12, 12, 1), (0, 0, 3, 3, 0)), boxes())
SAID = (
    boxes((0, 0, 8, 8, 0), scores=[0.9]),
    boxes((4, 4, 12, 12, 0), (4, 4, 12, 12, 1), scores=[0.8, 0.1]),
    boxes((1, 1, 5, 5, 1), scores=[0.2]),
)


class Part:
    truths, sources = TRUTHS, ("a.png", "b.png", "c.png")

    def __len__(self):
        return 3

    def pixels(self, place):
        return np.full((16, 16, 1), 40 * place, np.uint8)


@pytest.fixture
def figures():
    told = DetectionFigures.of(Detection())
    for name in ("dev", "test"):
        for some in ([0, 1], [2]):
            batch = Batch(np.zeros((len(some), 1)), {}, [TRUTHS[i] for i in some], [f"{i}.png" for i in some])
            told.answered(name, batch, [SAID[i] for i in some], np.ones(len(some)))
    return told


def subject():
    return Subject(SimpleNamespace(names=("circle", "$square$"), dev=Part(), test=Part()), "main", (16, 16, 1))


def test_a_run_leaves_a_plot_for_each_partition_and_a_sheet_of_the_most_wrong(tmp_path, figures, monkeypatch):
    sheets = []
    real = detection.draw_contact_sheet
    monkeypatch.setattr(
        detection, "draw_contact_sheet", lambda path, tiles, **w: (sheets.append((tiles, w)), real(path, tiles, **w))
    )
    drawn = figures.draw(tmp_path, subject())
    assert [path.name for path in drawn] == ["precision-dev.png", "precision-test.png", "samples.png"]
    ((tiles, words),) = sheets
    (tile,) = tiles  # the others are right: a box that is not sure is none
    assert tile.lines == ("said: circle 80%", "3 wrong · b.png") and len(tile.pictures) == 2
    assert not np.array_equal(*tile.pictures) and "of 3 first" in words["note"]


def test_curves_and_areas_are_those_of_the_metrics(tmp_path, figures, monkeypatch):
    seen = {}
    monkeypatch.setattr(detection, "_areas", lambda axes, metrics, names, shown: seen.update(names=names, of=metrics))
    monkeypatch.setattr(detection, "_curves", lambda axes, metric, shown: seen.update(curve=metric.curve(0)))
    figures.draw(tmp_path, subject())
    assert seen["names"] == ["circle", "$square$"]
    recall, precision = seen["curve"]
    assert recall.tolist() == [0.5, 0.5] and precision.tolist() == [1, 0.5]
    assert [metric.per_class()[1] for metric in seen["of"]] == [0.5, 0.5, 0.5]  # the surer of two is wrong


def test_many_classes_are_drawn_by_how_often_they_are_there(tmp_path):
    told = DetectionFigures(Detection())
    rows = [(0, 0, 4 + label, 4, label) for label in range(30) for _ in range(1 + (label < 20))]
    told.answered("test", Batch(np.zeros((1, 1)), {}, [boxes(*rows)], ["a"]), [boxes(scores=[])], np.ones(1))
    part = SimpleNamespace(names=tuple(f"class {n}" for n in range(30)), test=Part())
    assert [path.name for path in told.draw(tmp_path, Subject(part, "main"))] == ["precision-test.png", "samples.png"]
    with Image.open(tmp_path / "precision-test.png") as image:
        assert image.height == pytest.approx((1.3 + 0.42 * 20) * 110, abs=1)


@pytest.mark.filterwarnings("error")
def test_where_nothing_is_there_no_curve_is_drawn(tmp_path):
    told = DetectionFigures.of(Detection())
    told.answered("test", Batch(np.zeros((1, 1)), {}, [boxes()], ["c.png"]), [SAID[0]], np.ones(1))
    part = SimpleNamespace(names=("circle", "square"), test=Part())
    assert [path.name for path in told.draw(tmp_path, Subject(part, "main"))] == ["samples.png"]
