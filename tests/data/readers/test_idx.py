"""MNIST's files: what they say, and each thing that can be wrong with them."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.core.truth import Label
from nnlab.core.truths import labels_of
from nnlab.data.find import find, reader_of
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import load
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.readers.idx import Idx

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 5, 4), dtype=np.uint8)
LABELS = np.arange(12, dtype=np.uint8) % 3


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def write(folder: Path, part: str = "train", images: bytes = idx(IMAGES), labels: bytes = idx(LABELS)) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
    (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(DataError) as caught:
        Idx().find(folder)
    assert caught.value.exit_code == 5
    return str(caught.value).replace(str(folder), "SET")


def test_pictures_labels_and_partitions(tmp_path: Path) -> None:
    folder = write(write(tmp_path / "set"), "t10k", idx(IMAGES[:3]), idx(LABELS[:3]))
    assert isinstance(reader_of(folder), Idx)
    found = find("set", str(tmp_path), ClassFolders())  # as the task of classes asks
    assert (found.names, found.labelled, found.arrays) == (("0", "1", "2"), True, True)
    assert found.partitions == {"training": "train-images-idx3-ubyte.gz", "test": "t10k-images-idx3-ubyte.gz"}
    assert [sample.number for sample in found.samples] == list(range(15))
    last = found.samples[14]
    assert (last.source, last.truth, last.partition) == ("t10k-images-idx3-ubyte.gz#2", Label(2), "test")
    np.testing.assert_array_equal(last.pixels, IMAGES[2, :, :, None])


def test_unpacked_files_and_names_of_classes(tmp_path: Path) -> None:
    (tmp_path / "train-images.idx3-ubyte").write_bytes(idx(IMAGES))
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(idx(LABELS))
    (tmp_path / "classes.txt").write_text("shirt\nshoe\n\nbag\n")
    (tmp_path / "notes.doc").write_text("")
    found = Idx().find(tmp_path)
    assert (found.names, len(found.samples), found.left_out) == (("shirt", "shoe", "bag"), 12, ("notes.doc",))


def test_what_was_changed_is_read_anew(tmp_path: Path) -> None:
    folder = write(tmp_path / "set")
    assert len(Idx().find(folder).samples) == 12
    write(folder, "train", idx(IMAGES[:6]), idx(LABELS[:6]))
    assert len(Idx().find(folder).samples) == 6


@pytest.mark.parametrize(
    ("images", "labels", "said"),
    [
        (idx(IMAGES)[:-1], idx(LABELS), "truncated: 239 bytes follow its head, which says 12 x 5 x 4"),
        (idx(IMAGES) + b"\0", idx(LABELS), "corrupt: more than 240 bytes follow its head, which says 12 x 5 x 4"),
        (idx(IMAGES)[:10], idx(LABELS), "truncated: it ends within its head"),
        (b"", idx(LABELS), "no idx file of images: it is too short, which should be 2051"),
        (idx(LABELS), idx(LABELS), "no idx file of images: it begins with 2049, which should be 2051"),
        (idx(IMAGES), idx(IMAGES), "SET/train-labels-idx1-ubyte.gz: no idx file of labels: it begins with 2051"),
        (idx(IMAGES), idx(LABELS[:9]), "has 12 images, and there are 9 labels"),
        (idx(IMAGES[:0]), idx(LABELS[:0]), "SET: has no images"),
        (idx(IMAGES[:, :0]), idx(LABELS), "corrupt: its images are 0 x 4 pixels"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_file(images: bytes, labels: bytes, said: str, tmp_path: Path) -> None:
    line = refused(write(tmp_path, images=images, labels=labels))
    assert said in line and "SET" in line and "\n" not in line


def test_a_file_that_gzip_does_not_unpack(tmp_path: Path) -> None:
    path = write(tmp_path) / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-20])
    assert "SET/train-images-idx3-ubyte.gz: truncated: what gzip packed ends too early" in refused(tmp_path)
    path.write_bytes(idx(IMAGES))
    assert "corrupt: it is no gzip file" in refused(tmp_path)


def test_a_label_beyond_the_named_classes(tmp_path: Path) -> None:
    (write(tmp_path) / "classes.txt").write_text("a\nb\n")
    said = refused(tmp_path)
    assert "label 2 of train-images-idx3-ubyte.gz#2 is out of range; its 2 classes are 0 to 1" in said
    (tmp_path / "classes.txt").write_text("a\nb\na\n")
    assert "classes.txt: names the class a twice" in refused(tmp_path)


def test_pairs_that_are_not_whole(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "train-labels-idx1-ubyte.gz").unlink()
    assert "has no labels: train-labels-idx1-ubyte.gz is missing" in refused(folder)
    write(folder)
    write(folder, "emnist-train")
    assert "are both the training partition" in refused(folder)


def test_mnist_is_read_whole(shared_data: Path) -> None:
    options = DataOptions(dataset="mnist", datasets_path=str(shared_data), resize=(28, 28), grayscale=True)
    data = load(options)
    assert sum(data.sizes.values()) == 70_000 and data.sizes["test"] == 10_000
    assert data.names == tuple("0123456789") and data.image_shape == (28, 28, 1)
    assert labels_of(data.test.truths)[:4].tolist() == [7, 2, 1, 0]  # as everybody knows them
    assert data.cached == 0


def test_a_lone_test_of_ten_thousand_is_kept_as_the_test_partition(shared_data: Path) -> None:
    options = DataOptions(dataset="fashion_mnist", datasets_path=str(shared_data), resize=(28, 28))
    data = load(options)
    assert (data.sizes["training"] + data.sizes["dev"], data.sizes["test"]) == (10_000, 10_000)
    assert data.image_shape == (28, 28, 3)  # grey pictures are RGB, as grey files are, unless --grayscale is said
    pixels = data.test.pixels(0)
    np.testing.assert_array_equal(pixels[:, :, 0], pixels[:, :, 2])
