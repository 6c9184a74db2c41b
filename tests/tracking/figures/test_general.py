from types import SimpleNamespace

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truths import Rows
from nnlab.metrics.classes import Classes
from nnlab.testing.batches import labelled
from nnlab.tracking import plots
from nnlab.tracking.figures import general


def test_a_run_leaves_the_figure_of_its_history(tmp_path, made):
    drawn = general.draw_history(tmp_path, made.result(), Classes(), title="main")
    assert drawn == [tmp_path / "training.png"]
    assert drawn[0].read_bytes().startswith(b"\x89PNG")


def test_a_run_without_an_epoch_leaves_none(tmp_path, made):
    assert general.draw_history(tmp_path, made.result(history=(), final={}), Classes(), title="main") == []
    assert list(tmp_path.iterdir()) == []


def test_every_layer_that_was_followed_has_its_figure(tmp_path):
    row = {"epoch": 1, "unit": 0, "mean": 0.5, "deviation": 0.25, "weight_norm": None}
    rows = [row | {"layer": "dense_1"}, row | {"layer": "block/2"}, row | {"layer": "dense_1", "unit": 1}]
    drawn = general.draw_tracked(tmp_path, rows, title="main")
    assert [path.name for path in drawn] == ["tracked-dense_1.png", "tracked-block_2.png"]


def test_a_large_minibatch_is_drawn_in_part(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "draw_minibatch", lambda *what, **words: seen.append((what, words)))
    inputs, targets = np.zeros((70, 4), np.float32), np.eye(3, dtype=np.float32)[[2] * 70]
    step = SimpleNamespace(epoch=1, batch_index=4, batch=labelled(inputs, targets, [f"c/{i}.png" for i in range(70)]))
    path = general.draw_minibatch(tmp_path, step, names=("a", "b", "c"), image_shape=(2, 2, 1), title="main")
    ((where, images, labels, sources),), words = [what for what, _ in seen], seen[0][1]
    assert where == path == tmp_path / "epoch-001-batch-005.png"
    assert (images.shape, labels, len(sources)) == ((64, 2, 2, 1), ["c"] * 64, 64)
    assert words["note"] == "70 samples, the first 64 of them"


def test_a_minibatch_of_numbers_says_each_with_its_name(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "draw_minibatch", lambda path, images, labels, *more, **words: seen.append(labels))
    batch = Batch(np.zeros((2, 4), np.float32), {}, Rows(np.array([[12.5, 3.0], [0.25, -1e6]])), ["a.png", "b.png"])
    step = SimpleNamespace(epoch=1, batch_index=0, batch=batch)
    general.draw_minibatch(tmp_path, step, names=("angle", "count"), image_shape=(2, 2, 1), title="main")
    assert seen == [["angle 12.5, count 3", "angle 0.25, count -1e+06"]]


def test_a_figure_that_fails_is_a_warning(tmp_path, made, monkeypatch, caplog):
    def fails(*args, **words):
        raise MemoryError("no room\nfor it")

    monkeypatch.setattr(plots, "draw_training", fails)
    assert general.draw_history(tmp_path, made.result(), Classes(), title="main") == []
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'training.png'}: the figure is left out (no room for it)"
    ]


def test_a_full_disk_costs_no_more_than_the_figure(tmp_path, made, full_disk, caplog):
    full_disk()
    assert general.draw_history(tmp_path, made.result(), Classes(), title="main") == []
    assert len(caplog.records) == 1
    assert list(tmp_path.iterdir()) == []


def test_inputs_are_given_in_the_order_in_which_they_were_chosen(pictures):
    found = general.inputs(pictures.classes.dev, np.array([3, 0, 2]))
    np.testing.assert_array_equal(found[:, 0], np.array([0.3, 0.0, 0.2], np.float32))
