import numpy as np
import pytest
from PIL import Image

from nnlab.core.batch import Batch
from nnlab.core.truths import Rows
from nnlab.tracking import plots
from nnlab.tracking.figures import regression
from nnlab.tracking.figures.base import Subject
from nnlab.tracking.figures.regression import MOST_PANELS, RegressionFigures, draw_predicted

# x is 0 1 2 3 and y 10 20 30 40: y spreads ten times as wide, so that its errors count a tenth
SAID = Rows(np.array([[0.0, 13.0], [1.5, 20.0], [2.0, 30.0], [3.0, 40.5]], np.float32))


@pytest.fixture
def sheets(monkeypatch):
    """What a sheet of samples was asked to show."""
    seen = []
    monkeypatch.setattr(plots, "draw_captioned", lambda path, *what, **words: seen.append((*what, words["note"])))
    return seen


def test_a_run_leaves_a_plot_for_each_partition_and_a_sheet(tmp_path, pictures):
    figures = pictures.told(RegressionFigures(), pictures.numbers, dev=SAID, test=SAID)
    drawn = figures.draw(tmp_path, Subject(pictures.numbers, "main", (2, 2, 1)))
    assert [path.name for path in drawn] == ["predicted-dev.png", "predicted-test.png", "samples.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_the_farthest_off_come_first_each_value_by_its_spread(tmp_path, pictures, sheets):
    figures = pictures.told(RegressionFigures(), pictures.numbers, dev=SAID)
    figures.draw(tmp_path, Subject(pictures.numbers, "main", (2, 2, 1), samples=3))
    ((images, said, true, note),) = sheets
    assert images[:, 0, 0, 0] == pytest.approx([0.1, 0.0, 0.3])  # 0.5 of x, 3 of y, 0.5 of y
    assert said == ["1.5, 20", "0, 13", "3, 40.5"]
    assert (true, note) == (["is 1, 20", "is 0, 10", "is 3, 40"], "dev: the 3 of 4 that are farthest off")


def test_what_is_no_number_is_the_farthest_off_and_the_plot_goes_without(tmp_path, pictures, sheets):
    numbers = SAID.numbers.copy()
    numbers[2, 0], numbers[3, 1] = np.nan, np.inf
    figures = pictures.told(RegressionFigures(), pictures.numbers, dev=Rows(numbers))
    drawn = figures.draw(tmp_path, Subject(pictures.numbers, "main", (2, 2, 1)))
    assert [path.name for path in drawn] == ["predicted-dev.png", "samples.png"]
    assert sheets[0][1][:2] == ["nan, 30", "3, inf"]


def test_a_value_that_is_the_same_everywhere_can_be_drawn(tmp_path, pictures, sheets):
    figures = RegressionFigures()
    batch = Batch(np.zeros((2, 4), np.float32), {}, Rows(np.array([[5.0, 1.0], [5.0, 1.0]])), ["a.png", "b.png"])
    figures.answered("dev", batch, Rows(np.array([[5.0, 1.0], [5.0, 3.0]])), np.array([0.0, 2.0]))
    drawn = figures.draw(tmp_path, Subject(pictures.numbers, "main", (2, 2, 1)))
    assert [path.name for path in drawn] == ["predicted-dev.png", "samples.png"]
    assert sheets[0][1:3] == (["5, 3", "5, 1"], ["is 5, 1", "is 5, 1"])


def test_inputs_that_are_no_images_get_no_sheet(tmp_path, pictures):
    figures = pictures.told(RegressionFigures(), pictures.numbers, test=SAID)
    drawn = figures.draw(tmp_path, Subject(pictures.numbers, "main"))
    assert [path.name for path in drawn] == ["predicted-test.png"]


@pytest.mark.parametrize(("values", "panels"), [(1, 1), (3, 3), (MOST_PANELS, MOST_PANELS), (9, MOST_PANELS)])
def test_each_of_the_first_values_has_a_panel(tmp_path, values, panels):
    actual = np.random.default_rng(0).normal(size=(30, values))
    names = [f"$value {place}$" for place in range(values)]
    draw_predicted(tmp_path / "p.png", actual, actual + 0.1, names, title="main")
    with Image.open(tmp_path / "p.png") as image:
        assert image.width == pytest.approx((4.0 * panels + 0.6) * 110, abs=1)


def test_only_as_many_as_are_asked_for_are_shown(tmp_path, pictures, sheets, monkeypatch):
    monkeypatch.setattr(regression, "WORST", 2)
    monkeypatch.setattr(regression, "MOST_SAMPLES", 3)
    figures = pictures.told(RegressionFigures(), pictures.numbers, dev=SAID)
    for samples in (0, 1, 10**6):
        figures.draw(tmp_path, Subject(pictures.numbers, "main", (2, 2, 1), samples=samples))
    assert [len(said) for _, said, _, _ in sheets] == [2, 1, 3]
