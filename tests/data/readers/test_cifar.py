"""CIFAR's binary files."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.core.truth import Label
from nnlab.data.find import find
from nnlab.data.readers.cifar import Cifar

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)


def records(labels: np.ndarray, pixels: np.ndarray = PIXELS) -> bytes:
    """Each record: its label or labels, then red, green and blue."""
    heads = labels.reshape(len(pixels), -1).astype(np.uint8)
    return np.hstack([heads, pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1)]).tobytes()


def a_set(folder: Path) -> Path:
    for number in (1, 2):
        (folder / f"data_batch_{number}.bin").write_bytes(records(np.arange(6) % 3))
    (folder / "test_batch.bin").write_bytes(records(np.array([2, 1, 0, 2, 1, 0])))
    (folder / "batches.meta.txt").write_text("airplane\nautomobile\nbird\n\n")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(DataError) as caught:
        Cifar().find(folder)
    assert caught.value.exit_code == 5
    return str(caught.value).replace(str(folder), "SET")


def test_batches_are_training_and_the_test_batch_is_test(tmp_path: Path) -> None:
    found = find(a_set(tmp_path).name, str(tmp_path.parent))
    assert found.names == ("airplane", "automobile", "bird")
    assert found.partitions == {"training": "data_batch_1.bin to data_batch_2.bin", "test": "test_batch.bin"}
    assert [len([s for s in found.samples if s.partition == part]) for part in ("training", "test")] == [12, 6]
    sample = found.samples[12]
    assert (sample.source, sample.truth) == ("test_batch.bin#0", Label(2))
    np.testing.assert_array_equal(sample.pixels, PIXELS[0])
    assert found.left_out == ()


def test_of_a_hundred_classes_the_fine_label_counts(tmp_path: Path) -> None:
    labels = np.stack([np.zeros(6), np.arange(6)], axis=1)
    (tmp_path / "train.bin").write_bytes(records(labels))
    (tmp_path / "fine_label_names.txt").write_text("\n".join("abcdef"))
    found = Cifar().find(tmp_path)
    assert [sample.truth.index for sample in found.samples] == list(range(6))
    np.testing.assert_array_equal(found.samples[5].pixels, PIXELS[5])


def test_what_is_wrong_is_one_line_with_the_file(tmp_path: Path) -> None:
    path = a_set(tmp_path) / "data_batch_2.bin"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert "SET/data_batch_2.bin: truncated: 18,437 bytes are no whole number of records of 3,073" in refused(tmp_path)
    path.write_bytes(records(np.array([0, 1, 2, 3, 0, 1])))
    assert "label 3 of data_batch_2.bin#3 is out of range; its 3 classes are 0 to 2" in refused(tmp_path)
    path.rename(tmp_path / "data_batch_3.bin")
    assert "data_batch_2.bin is missing, and data_batch_3.bin is there" in refused(tmp_path)
