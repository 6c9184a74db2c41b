from types import SimpleNamespace

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.tracking import figures, plots


class Dev:
    """Four samples in two batches; the pixels of sample i are i / 10."""

    def batches(self, epoch=None):
        for start in (0, 3):
            inputs = np.stack([np.full(4, i / 10, np.float32) for i in range(start, min(start + 3, 4))])
            yield Batch(inputs, np.zeros((len(inputs), 3), np.float32), [""] * len(inputs))


DATA = SimpleNamespace(classes=("a", "b", "c"), dev=Dev(), test=Dev())


def test_a_run_leaves_four_figures(tmp_path, made):
    drawn = figures.draw_figures(tmp_path, made.result(), DATA, image_shape=(2, 2, 1), title="main")
    assert [path.name for path in drawn] == ["training.png", "confusion-dev.png", "confusion-test.png", "samples.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_inputs_that_are_no_images_get_no_sheet(tmp_path, made):
    drawn = figures.draw_figures(tmp_path, made.result(), DATA, image_shape=None, title="main")
    assert "samples.png" not in [path.name for path in drawn]


def test_a_run_without_an_epoch_leaves_none(tmp_path, made):
    result = made.result(history=(), predictions={}, final={})
    assert figures.draw_figures(tmp_path, result, DATA, image_shape=(2, 2, 1), title="main") == []


def test_the_sheet_shows_each_sample_s_own_pixels(tmp_path, made, monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "draw_samples", lambda path, images, said, classes, **words: seen.append((images, said)))
    figures.draw_figures(tmp_path, made.result(), DATA, image_shape=(2, 2, 1), title="main")
    images, said = seen[0]
    assert images.shape == (4, 2, 2, 1)
    numbers = [int(source.removeprefix("dev/").removesuffix(".png")) for source in said.sources]
    assert numbers[:2] == [2, 3]  # the two mistakes
    assert images[:, 0, 0, 0] == pytest.approx([number / 10 for number in numbers])


def test_every_layer_that_was_followed_has_its_figure(tmp_path, made):
    row = {"epoch": 1, "unit": 0, "mean": 0.5, "deviation": 0.25, "weight_norm": None}
    rows = [row | {"layer": "dense_1"}, row | {"layer": "block/2"}, row | {"layer": "dense_1", "unit": 1}]
    drawn = figures.draw_tracked(tmp_path, rows, title="main")
    assert [path.name for path in drawn] == ["tracked-dense_1.png", "tracked-block_2.png"]


def test_a_large_minibatch_is_drawn_in_part(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "draw_minibatch", lambda *what, **words: seen.append((what, words)))
    inputs, targets = np.zeros((70, 4), np.float32), np.eye(3, dtype=np.float32)[[2] * 70]
    step = SimpleNamespace(epoch=1, batch_index=4, batch=Batch(inputs, targets, [f"c/{i}.png" for i in range(70)]))
    path = figures.draw_minibatch(tmp_path, step, data=DATA, image_shape=(2, 2, 1), title="main")
    ((where, images, labels, sources),), words = [what for what, _ in seen], seen[0][1]
    assert where == path == tmp_path / "epoch-001-batch-005.png"
    assert (images.shape, labels, len(sources)) == ((64, 2, 2, 1), ["c"] * 64, 64)
    assert words["note"] == "70 samples, the first 64 of them"


def test_a_figure_that_fails_is_a_warning_and_the_others_are_drawn(tmp_path, made, monkeypatch, caplog):
    def fails(*args, **words):
        raise MemoryError("no room\nfor it")

    monkeypatch.setattr(plots, "draw_training", fails)
    drawn = figures.draw_figures(tmp_path, made.result(), DATA, image_shape=(2, 2, 1), title="main")
    assert [path.name for path in drawn] == ["confusion-dev.png", "confusion-test.png", "samples.png"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'training.png'}: the figure is left out (no room for it)"
    ]


def test_a_full_disk_costs_no_more_than_the_figures(tmp_path, made, full_disk, caplog):
    full_disk()
    assert figures.draw_figures(tmp_path, made.result(), DATA, image_shape=(2, 2, 1), title="main") == []
    assert len(caplog.records) == 4
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_has_no_more_samples_than_can_be_looked_at(tmp_path, made, monkeypatch):
    counts = []
    monkeypatch.setattr(figures, "choose_samples", lambda said, count: counts.append(count) or np.array([0]))
    figures.draw_figures(tmp_path, made.result(), DATA, image_shape=(2, 2, 1), title="main", samples=10**6)
    assert counts == [figures.MOST_SAMPLES]
