import numpy as np

from nnlab.tracking import plots
from nnlab.tracking.confusion import MOST_CLASSES, OTHERS, confusion_of


def test_few_classes_are_shown_as_they_are():
    found = confusion_of(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([5, 2, 3]), ["a", "b"])
    assert found.counts.tolist() == [[5, 2], [0, 3]]
    assert (found.classes, found.right, found.total, found.note) == (("a", "b"), 8, 10, "")


def test_of_many_those_with_the_most_mistakes_are_shown_and_every_sample_counts():
    classes = [f"c{i}" for i in range(300)]
    actual = np.concatenate([np.arange(300), np.full(3, 290), np.arange(60)])
    predicted = np.concatenate([np.arange(300), np.full(3, 7), np.arange(60)[::-1]])
    found = confusion_of(actual, predicted, np.ones(len(actual), int), classes)
    assert found.counts.shape == (MOST_CLASSES + 1, MOST_CLASSES + 1)
    assert {"c290", "c7"} <= set(found.classes) and found.classes[-1] == OTHERS
    assert list(found.classes[:-1]) == sorted(found.classes[:-1], key=lambda name: int(name[1:]))
    assert found.counts[found.classes.index("c290"), found.classes.index("c7")] == 3
    assert (found.counts.sum(), found.total, found.right) == (363, 363, 300)
    assert found.note == "the 60 of 300 classes that are confused most"


def test_the_figure_of_thousands_of_classes_is_no_larger_than_that_of_sixty(tmp_path, monkeypatch):
    drawn = []
    figure_at = plots.figure_at
    monkeypatch.setattr(plots, "figure_at", lambda path, *size: drawn.append(size) or figure_at(path, *size))
    for n in (61, 1000):
        each = np.arange(n)
        table = confusion_of(each, each, np.ones(n, np.int64), [f"{i:05}" for i in each])
        plots.draw_confusion(tmp_path / "c.png", table, title="main")
    assert drawn[0] == drawn[1]
