"""Rows of arrays through the one pipeline: the same as the same pictures in files."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main
from nnlab.core.errors import DataError
from nnlab.data.find import find
from nnlab.data.makers.catalogue import catalogue
from nnlab.data.options import DataOptions
from nnlab.data.pictures import pictures
from nnlab.data.pipeline import load
from nnlab.data.readers.base import recognised


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """The same pictures as files and as an array, in the same order."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (20, 12, 10), dtype=np.uint8)
    for row, pixels in enumerate(x):
        folder = tmp_path / "files" / "train" / str(row // 10)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{row}.png")
        if row % 10 < 3:
            folder = tmp_path / "files" / "test" / str(row // 10)
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / f"{row}.png")
    y = np.repeat([0, 1], 10)
    test = np.arange(20) % 10 < 3
    np.savez(tmp_path / "rows.npz", x_train=x, y_train=y, x_test=x[test], y_test=y[test])
    return tmp_path


@pytest.mark.parametrize("more", [{}, {"grayscale": True}, {"resize": (7, 9)}, {"trim": True, "rot_angle": 20.0}])
def test_batches_equal_those_of_the_same_pictures_in_files(more: dict[str, object], both: Path) -> None:
    made = [
        load(DataOptions(dataset=name, datasets_path=str(both), max_minibatch_size=6, **{"resize": (10, 12)} | more))
        for name in ("files", "rows.npz")
    ]
    assert made[0].sizes == made[1].sizes and made[0].image_shape == made[1].image_shape
    for name in ("training", "dev", "test"):
        one, other = (getattr(data, name).batches(epoch=1 if name == "training" else None) for data in made)
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left.inputs, right.inputs)
            np.testing.assert_array_equal(left.truths.indexes, right.truths.indexes)


def test_prepared_rows_are_kept_and_found_again(both: Path, cache_folder: Path) -> None:
    options = DataOptions(dataset="rows.npz", datasets_path=str(both), resize=(6, 6))
    first, again = load(options), load(options)
    assert (first.cached, again.cached) == (0, 26)
    assert first.content == again.content
    np.testing.assert_array_equal(first.training.pixels(3), again.training.pixels(3))


def test_rows_are_pictures_to_look_at(both: Path) -> None:
    whole = pictures([str(both / "rows.npz")], "datasets")
    assert len(whole) == 26
    (one,) = pictures([str(both / "rows.npz#x_test#4")], "datasets")
    assert (one.source, one.name) == (str(both / "rows.npz#x_test#4"), "rows.npz-x_test-4")
    np.testing.assert_array_equal(one.pixels, whole[24].pixels)
    with pytest.raises(DataError, match=r"no such image; it has rows\.npz#x_train#0 to rows\.npz#x_test#5"):
        pictures([str(both / "rows.npz#x_test#6")], "datasets")


def test_they_are_listed(both: Path) -> None:
    found = {entry.name: entry for entry in catalogue(both)}
    entry = found["rows.npz"]
    assert (entry.classes, entry.images, entry.problem) == (2, 26, None)
    assert entry.size_bytes == (both / "rows.npz").stat().st_size


def test_a_file_is_trained_on_and_its_answers_name_the_rows(
    both: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(both)
    assert main(["train", "rows.npz", "--epochs=2", "--gradient-checks=off"]) == 0
    said = capsys.readouterr()
    assert "the partitions are arrays: rows.npz#x_train is training, but for images that are dealt" in said.err
    assert "10x12 pixels (its pictures are about 10x12)" in said.err
    assert "grey pixels (as its pictures are)" in said.err
    assert '"source": "rows.npz#x_test#5"' in (both / "runs" / "latest" / "predictions.jsonl").read_text()
    assert main(["infer", "--run=runs/latest", "rows.npz#x_test#5", "--output=out"]) == 0
    assert "rows.npz#x_test#5" in capsys.readouterr().out


def test_a_fault_is_one_line_and_exit_code_5(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "bad.npz", x=np.zeros((4, 3, 3), np.uint8), y=np.zeros(3, int))
    assert main(["train", f"--dataset={tmp_path}/bad.npz"]) == 5
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{tmp_path}/bad.npz: bad.npz has 4 images, and there are 3 labels; each image needs one label" in said


def test_floats_beside_whole_numbers_are_shares_of_white_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mixed.npz"
    few = np.array([0, 1])
    bright = np.full((2, 3, 3), 0.8, np.float32)
    whole = np.full((2, 3, 3), 7, np.int64)
    np.savez(path, x_train=np.zeros((2, 3, 3), np.uint8), y_train=few, x_test=bright, y_test=few)
    assert {int(sample.pixels.max()) for sample in find("mixed.npz", str(tmp_path)).samples} == {0, 204}
    np.savez(path, x_train=whole, y_train=few)
    assert {int(sample.pixels.max()) for sample in find("mixed.npz", str(tmp_path)).samples} == {7}


def test_a_name_alone_makes_no_file_a_dataset(tmp_path: Path) -> None:
    assert recognised(tmp_path / "missing.npz") is None
