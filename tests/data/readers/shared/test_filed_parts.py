"""Arrays that are larger than the memory there is for them: read by place, the same pictures, and damage is a line."""

import gzip
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import load
from nnlab.data.readers.base import recognised
from nnlab.data.readers.npz import Npz
from nnlab.data.readers.shared import filed_parts
from nnlab.data.shards.kept import folder_of_shards
from nnlab.data.shards.row_files import RowFiles
from nnlab.data.source import Source

X = np.random.default_rng(0).integers(0, 256, (40, 12, 10, 3), dtype=np.uint8)
Y = np.arange(40) % 4
MOST = "20K"  # the pictures take 14,400 bytes, and half of it is theirs


@pytest.fixture(autouse=True)
def _own_cache(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filed_parts, "BLOCK", 7 * 360)  # several blocks, the last of them shorter


def npz(folder: Path, packed: bool, **arrays: Any) -> Path:
    (np.savez_compressed if packed else np.savez)(folder / "set.npz", **arrays)
    return folder / "set.npz"


def idx(folder: Path, ending: str) -> Path:
    for name, magic, array in (("images-idx3", 3, X[..., 0]), ("labels-idx1", 1, Y.astype(np.uint8))):
        content = struct.pack(f">HBB{magic}I", 0, 8, magic, *array.shape) + array.tobytes()
        content = gzip.compress(content) if ending else content
        (folder / f"train-{name}-ubyte{ending}").write_bytes(content)
    return folder


def cifar(folder: Path) -> Path:
    x = np.random.default_rng(1).integers(0, 256, (40, 3 * 32 * 32 + 1), dtype=np.uint8)
    x[:, 0] = Y
    (folder / "data_batch_1.bin").write_bytes(x.tobytes())
    return folder


FORMS: dict[str, Callable[[Path], Path]] = {
    "stored": lambda folder: npz(folder, False, x=X, y=Y),
    "packed": lambda folder: npz(folder, True, x=X, y=Y),
    "grey": lambda folder: npz(folder, False, x=X[..., 0], y=Y),
    "floats": lambda folder: npz(folder, True, x=X / np.float32(255), y=Y),
    "big-endian": lambda folder: npz(folder, False, x=X.astype(">u2"), y=Y.astype(">i8")),
    "channels first": lambda folder: npz(folder, False, x=X.transpose(0, 3, 1, 2), y=Y),
    "partitions": lambda folder: npz(folder, False, x_train=X, y_train=Y, x_test=X[:9] / 255, y_test=Y[:9]),
    "texts": lambda folder: npz(folder, True, x=X, y=np.array(["dog", "cat", "cow", "ant"])[Y]),
    "idx": lambda folder: idx(folder, ""),
    "idx.gz": lambda folder: idx(folder, ".gz"),
    "cifar": cifar,
}
IN_PLACE = ("stored", "grey", "partitions", "idx")
"""Those whose first pictures are read from the file itself."""


def found(path: Path, memory: str) -> Source:
    reader = recognised(path)
    assert reader is not None
    return reader.going_by(DataOptions(data_memory=memory)).find(path)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_pictures_and_labels_as_in_memory(form: str, tmp_path: Path) -> None:
    path = FORMS[form](tmp_path)
    memory = "5K" if form in ("idx", "idx.gz", "grey") else MOST
    held, filed = found(path, "1G"), found(path, memory)
    assert not isinstance(held.samples[0].rows, RowFiles) and isinstance(filed.samples[0].rows, RowFiles)
    assert held.samples == filed.samples and held.names == filed.names and held.partitions == filed.partitions
    for one, other in zip(held.samples, filed.samples, strict=True):
        assert one.pixels is not None and other.pixels is not None
        assert other.pixels.dtype == np.uint8
        np.testing.assert_array_equal(one.pixels, other.pixels)
    in_place = Path(filed.samples[0].rows._files[0]) == filed.samples[0].path
    assert in_place == (form in IN_PLACE)
    assert not folder_of_shards().exists() or not list(folder_of_shards().iterdir())  # its names are gone


@pytest.mark.parametrize("resize", [(10, 12), (6, 5)], ids=["as it is", "resized"])
def test_the_same_batches_as_from_memory(resize: tuple[int, int], tmp_path: Path) -> None:
    npz(tmp_path, True, x=X, y=Y)
    made = [
        load(DataOptions(dataset="set.npz", datasets_path=str(tmp_path), resize=resize, data_memory=memory))
        for memory in ("1G", "1K", "1K")
    ]
    assert len({data.content for data in made}) == 1 and made[2].cached == 40
    assert [isinstance(data.training._images, RowFiles) for data in made] == [False, True, True]
    for ours, theirs in zip(made[1].training.batches(1), made[0].training.batches(1), strict=True):
        assert ours.inputs.tobytes() == theirs.inputs.tobytes() and ours.sources == theirs.sources


def test_room_for_the_prepared_and_not_for_the_array(tmp_path: Path) -> None:
    """A set that is prepared to less than there is room for is held, although its array is not."""
    npz(tmp_path, False, x=X, y=Y)
    data = load(DataOptions(dataset="set.npz", datasets_path=str(tmp_path), resize=(5, 6), data_memory="8K"))
    assert isinstance(data.training._images, np.ndarray)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("damage", ["flipped", "cut"])
def test_damage_is_a_line_wherever_pictures_lie(packed: bool, damage: str, tmp_path: Path) -> None:
    path = npz(tmp_path, packed, x=X, y=Y)
    content = bytearray(path.read_bytes())
    content[7000] ^= 1
    path.write_bytes(content if damage == "flipped" else content[:-40])
    for memory in ("1G", MOST):
        with pytest.raises(DataError, match=r"truncated, or no \.npz file") as caught:
            found(path, memory)
        assert str(caught.value).startswith(str(path)) and caught.value.exit_code == 5


def test_columns_are_read_where_they_have_room(tmp_path: Path) -> None:
    path = npz(tmp_path, False, x=np.asfortranarray(X), y=Y)
    pixels = found(path, "1G").samples[7].pixels
    assert pixels is not None
    np.testing.assert_array_equal(pixels, X[7])
    with pytest.raises(DataError, match=r"x has 14,400 bytes in Fortran order.*ascontiguousarray"):
        found(path, MOST)


def rewritten(path: Path, key: str, change: Callable[[bytes], bytes], packed: int = zipfile.ZIP_STORED) -> Path:
    """The same file, one member of which has other bytes."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[key] = change(members[key])
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("memory", ["1G", MOST])
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"(40, 12, 10, 3)", b"(99999, 12, 10, 3)", "x has 14,400 bytes, and its head says 99999 x 12 x 10 x 3 of"),
        (b"(40, 12, 10, 3)", b"(39, 12, 10, 3)", "x has 14,400 bytes, and its head says 39 x 12 x 10 x 3"),
        (b"(40, 12, 10, 3)", b"(-40, 12, 10, 3)", "its head says -40 x 12 x 10 x 3"),
        (b"(40, 12, 10, 3)", b"(1 << 40, 3)", "has an array that cannot be read"),
        (b"(40, 12, 10, 3)", b"(" * 60, "has an array that cannot be read"),
        (b"'|u1'", b"'|O'", "has an array that cannot be read (x: an array of objects, which only pickle reads)"),
        (b"'|u1'", b"'|V1'", "x has the type |V1"),
        (b"NUMPY\x01", b"NUMPY\x03", "x has an NPY head of version 3.0"),
        (b"NUMPY", b"NUMMY", "has an array that cannot be read"),
    ],
)  # fmt: skip
def test_heads_that_promise_what_is_not_there(old: bytes, new: bytes, said: str, memory: str, tmp_path: Path) -> None:
    def change(content: bytes) -> bytes:
        head, rest = content[:128], content[128:]
        other = head.replace(old, new)
        return other.replace(b" " * (len(other) - 128), b"", 1) + rest if len(other) > 128 else (
            other[:-1] + b" " * (128 - len(other)) + b"\n" + rest
        )  # fmt: skip

    path = rewritten(npz(tmp_path, False, x=X, y=Y), "x.npy", change)
    with pytest.raises(DataError) as caught:
        found(path, memory)
    line = str(caught.value)
    assert said in line and line.startswith(str(path)) and "\n" not in line and caught.value.exit_code == 5


def test_what_a_zip_file_promises_is_held_against_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gigabytes of a few packed bytes, and more pictures or larger ones than there can be."""
    path = npz(tmp_path, True, x=X, y=Y)
    with zipfile.ZipFile(path) as archive:
        sizes = struct.pack("<L", archive.getinfo("x.npy").file_size)
    path.write_bytes(path.read_bytes().replace(sizes, struct.pack("<L", 3 << 30)))
    with pytest.raises(DataError, match=r"x cannot be: 1\d,\d+ packed bytes do not become 3,221,225,472"):
        Npz().find(path)
    monkeypatch.setattr(filed_parts, "MAX_PIXELS", 119)
    path = npz(tmp_path, True, x=X, y=Y)
    with pytest.raises(DataError, match=r"its pictures are 10 x 12 pixels \(at most 119 in all\)"):
        Npz().find(path)


def test_more_pictures_than_there_is_memory_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filed_parts, "available_memory", lambda: 70 << 10)
    with pytest.raises(DataError, match="says that it has 40 pictures, and there is memory for 35"):
        Npz().find(npz(tmp_path, True, x=X, y=Y))
    with pytest.raises(DataError, match="says that it has 40 pictures"):
        found(idx(tmp_path, ".gz"), "1G")
