import numpy as np
import pytest

from nnlab.core.truths import Labels
from nnlab.tracking import plots
from nnlab.tracking.figures import classification
from nnlab.tracking.figures.base import Subject
from nnlab.tracking.figures.classification import ClassificationFigures
from nnlab.tracking.figures.general import MOST_SAMPLES


def answers(*predicted):
    scores = np.full((len(predicted), 3), 0.1, np.float32)
    scores[np.arange(len(predicted)), predicted] = 0.8
    return Labels(np.array(predicted), scores)


@pytest.fixture
def figures(pictures):
    """Of dev the last two are wrong, of test the last one."""
    return pictures.told(ClassificationFigures(), pictures.classes, dev=answers(0, 1, 0, 1), test=answers(0, 1, 2, 0))


def test_a_run_leaves_a_table_for_each_partition_and_a_sheet(tmp_path, figures, pictures):
    drawn = figures.draw(tmp_path, Subject(pictures.classes, "main", (2, 2, 1)))
    assert [path.name for path in drawn] == ["confusion-dev.png", "confusion-test.png", "samples.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_inputs_that_are_no_images_get_no_sheet(tmp_path, figures, pictures):
    drawn = figures.draw(tmp_path, Subject(pictures.classes, "main"))
    assert [path.name for path in drawn] == ["confusion-dev.png", "confusion-test.png"]


def test_the_sheet_shows_each_sample_s_own_pixels(tmp_path, figures, pictures, monkeypatch):
    seen = []
    monkeypatch.setattr(
        plots, "draw_samples", lambda path, images, said, names, **words: seen.append((images, said, names, words))
    )
    figures.draw(tmp_path, Subject(pictures.classes, "main", (2, 2, 1)))
    images, said, names, words = seen[0]
    assert (images.shape, names) == ((4, 2, 2, 1), ("a", "b", "c"))
    assert images[:, 0, 0, 0] == pytest.approx([0.2, 0.3, 0.0, 0.1])  # the two mistakes come first
    assert (said.actual.tolist(), said.predicted.tolist()) == ([2, 2, 0, 1], [0, 1, 0, 1])
    assert said.confidence == pytest.approx([0.8] * 4)
    assert words["note"] == "dev: 2 of 4 wrong, the surest mistakes first"


def test_without_dev_the_sheet_is_of_test(tmp_path, pictures, monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "draw_samples", lambda *what, **words: seen.append(words["note"]))
    figures = pictures.told(ClassificationFigures(), pictures.classes, test=answers(0, 1, 2, 2))
    drawn = figures.draw(tmp_path, Subject(pictures.classes, "main", (2, 2, 1)))
    assert [path.name for path in drawn] == ["confusion-test.png", "samples.png"]
    assert seen == ["test: 0 of 4 wrong"]


def test_a_sheet_has_no_more_samples_than_can_be_looked_at(tmp_path, figures, pictures, monkeypatch):
    counts = []
    monkeypatch.setattr(classification, "choose_samples", lambda said, count: counts.append(count) or np.array([0]))
    figures.draw(tmp_path, Subject(pictures.classes, "main", (2, 2, 1), samples=10**6))
    assert counts == [MOST_SAMPLES]


def test_what_is_undecided_is_in_no_cell_and_has_no_confidence(tmp_path, pictures, monkeypatch):
    tables = []
    monkeypatch.setattr(plots, "draw_confusion", lambda path, table, **words: tables.append(table))
    said = answers(0, 1, 0, 1)
    said.indexes[2], said.scores[2] = -1, np.nan
    figures = pictures.told(ClassificationFigures(), pictures.classes, dev=said)
    figures.draw(tmp_path, Subject(pictures.classes, "main"))
    np.testing.assert_array_equal(tables[0].counts, [[1, 0, 0], [0, 1, 0], [0, 1, 0]])
    np.testing.assert_array_equal(np.isnan(figures.predictions("dev").confidence), [False, False, True, False])


def test_labels_without_scores_have_no_confidence(pictures):
    figures = pictures.told(ClassificationFigures(), pictures.classes, dev=Labels(np.array([0, 1, 0, 1])))
    assert np.isnan(figures.predictions("dev").confidence).all()


def test_a_figure_that_fails_is_a_warning_and_the_others_are_drawn(tmp_path, figures, pictures, monkeypatch, caplog):
    def fails(*args, **words):
        raise MemoryError("no room\nfor it")

    monkeypatch.setattr(plots, "draw_samples", fails)
    drawn = figures.draw(tmp_path, Subject(pictures.classes, "main", (2, 2, 1)))
    assert [path.name for path in drawn] == ["confusion-dev.png", "confusion-test.png"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'samples.png'}: the figure is left out (no room for it)"
    ]


def test_a_full_disk_costs_no_more_than_the_figures(tmp_path, figures, pictures, full_disk, caplog):
    full_disk()
    assert figures.draw(tmp_path, Subject(pictures.classes, "main", (2, 2, 1))) == []
    assert len(caplog.records) == 3
    assert list(tmp_path.iterdir()) == []
