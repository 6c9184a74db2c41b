"""Datasets as tar shards: every reader finds in them what it finds in the folder that they were packed from."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError, RunError
from nnlab.core.truth import Boxes, Label, Mask, Points, Truth, Values
from nnlab.data.find import found_in
from nnlab.data.given import Given
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.images.header import file_bytes
from nnlab.data.kept_truths import digest
from nnlab.data.makers.shapes import Shapes
from nnlab.data.makers.write import write_dataset
from nnlab.data.options import DataOptions
from nnlab.data.packing import Packed, pack
from nnlab.data.readers.base import Reader
from nnlab.data.readers.boxes_csv import BoxesCsv
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.readers.keypoints_csv import KeypointsCsv
from nnlab.data.readers.masks import Masks
from nnlab.data.readers.targets_csv import TargetsCsv

LIB = DATA_LOADERS.get("Pillow")()


def packed(folder: Path, output: Path, each: int = 1000) -> Packed:
    return pack(folder, output, DataOptions(), LIB, each=each)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The set `shapes`, as it is drawn and packed by eights."""
    folder = tmp_path_factory.mktemp("both")
    write_dataset(Shapes(images=20, size=32), folder / "shapes")
    said = packed(folder / "shapes", folder / "packed", each=8)
    assert (said.pictures, said.shards) == (20, 3)
    assert said.kinds == ("classes", "masks", "boxes", "points", "numbers")
    return folder


@pytest.mark.parametrize(
    ("reader", "kind"),
    [
        (ClassFolders(), Label),
        (Masks(), Mask),
        (BoxesCsv(), Boxes),
        (KeypointsCsv(swap=("middle:tip",)), Points),
        (TargetsCsv(), Values),
    ],
    ids=["classes", "masks", "boxes", "points", "numbers"],
)
def test_what_a_reader_finds_in_the_folder_stands_in_the_shards(both: Path, reader: Reader, kind: type[Truth]) -> None:
    ours, theirs = (found_in(both / name, reader, DataOptions()) for name in ("packed", "shapes"))
    assert ours.names == theirs.names and len(ours.samples) == 20 and ours.left_out == ()
    for one, other in zip(ours.samples, theirs.samples, strict=True):
        assert one.number == other.number and ".tar/" in one.source
        assert file_bytes(one.path) == file_bytes(other.path)
        truths = [Given.of(sample).unmoved(LIB) for sample in (one, other)]
        assert isinstance(truths[0], kind)
        assert digest(truths[0]) == digest(truths[1])


def test_what_recommends_a_preparation_goes_along(both: Path) -> None:
    assert (both / "packed" / "dataset.toml").read_bytes() == (both / "shapes" / "dataset.toml").read_bytes()


def test_shards_are_packed_anew(both: Path, tmp_path: Path) -> None:
    packed(both / "packed", tmp_path / "again", each=8)
    for name in ("classes.txt", "box_classes.txt", "mask_classes.txt"):
        assert (tmp_path / "again" / name).read_bytes() == (both / "packed" / name).read_bytes()
    again, before = (found_in(folder, BoxesCsv()) for folder in (tmp_path / "again", both / "packed"))
    assert [digest(one.truth) for one in again.samples] == [digest(one.truth) for one in before.samples]


def test_class_folders_in_their_partitions(tmp_path: Path) -> None:
    for name in ("train/10/a.png", "train/9/b.png", "val/9/c.png", "test/10/d.png"):
        (tmp_path / "set" / name).parent.mkdir(parents=True)
        Image.new("RGB", (3, 2)).save(tmp_path / "set" / name)
    packed(tmp_path / "set", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "classes.txt", "test-000000.tar", "train-000000.tar", "val-000000.tar",
    ]  # fmt: skip
    found = found_in(tmp_path / "out", ClassFolders())
    assert found.names == ("9", "10")
    assert [(one.partition, one.truth) for one in found.samples] == [
        ("training", Label(0)), ("training", Label(1)), ("dev", Label(0)), ("test", Label(1)),
    ]  # fmt: skip


def test_rows_of_arrays_become_files_of_the_same_pixels(tmp_path: Path) -> None:
    x = np.random.default_rng(0).integers(0, 256, (6, 4, 5), dtype=np.uint8)
    np.savez(tmp_path / "rows.npz", x=x, y=np.arange(6) % 2, classes=["no", "yes"])
    packed(tmp_path / "rows.npz", tmp_path / "out", each=4)
    found = found_in(tmp_path / "out", ClassFolders())
    assert found.names == ("no", "yes")
    for row, sample in enumerate(found.samples):
        assert sample.truth == Label(row % 2)
        np.testing.assert_array_equal(LIB.pixels(LIB.read(sample.path))[..., 0], x[row])


def test_what_cannot_be_packed(both: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is there already"):
        packed(both / "shapes", both / "packed")
    (tmp_path / "plain").mkdir()
    Image.new("RGB", (3, 2)).save(tmp_path / "plain" / "a.png")
    with pytest.raises(DataError, match="has no pictures of which anything is said"):
        packed(tmp_path / "plain", tmp_path / "out")
    (tmp_path / "set" / "a").mkdir(parents=True)
    (tmp_path / "set" / "a" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(DataError, match=r"set/a/gone\.png: cannot be read"):
        packed(tmp_path / "set", tmp_path / "out")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["plain", "set"]  # nothing half-written


def test_the_same_bytes_each_time(both: Path, tmp_path: Path) -> None:
    packed(both / "shapes", tmp_path / "out", each=8)
    for path in sorted((tmp_path / "out").iterdir()):
        assert path.read_bytes() == (both / "packed" / path.name).read_bytes()
    with tarfile.open(tmp_path / "out" / "shard-000002.tar") as tar:  # as others read it
        assert tar.getnames()[:4] == [f"00000016.{ending}" for ending in ("png", "cls", "mask.png", "json")]
