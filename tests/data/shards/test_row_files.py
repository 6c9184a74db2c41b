"""Rows in files: an array as any other to who asks for rows, and little of it in memory."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.errors import ResourceError
from nnlab.data.shards import row_files
from nnlab.data.shards.row_files import RowFiles
from nnlab.data.shards.writer import Writer, checksums, rows_in_a_file
from nnlab.training.clock import memory_mb

ROWS = np.random.default_rng(0).integers(0, 256, (23, 5, 7, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> RowFiles:
    return written(tmp_path_factory.mktemp("rows"), ROWS, each=5)


def written(folder: Path, rows: np.ndarray, *, each: int) -> RowFiles:
    files = [folder / f"{first}" for first in range(0, len(rows), each)]
    for file in files:
        file.write_bytes(rows[int(file.name) : int(file.name) + each].tobytes())
    return RowFiles(files, len(rows), each, rows.shape[1:])


@given(st.lists(st.integers(0, 22), max_size=40))
def test_rows_in_any_order(stored: RowFiles, places: list[int]) -> None:
    chosen = np.array(places, np.intp)
    stored.expect(chosen)
    found = stored[chosen]
    assert (found.shape, found.dtype) == ((len(places), 5, 7, 3), np.uint8)
    np.testing.assert_array_equal(found, ROWS[chosen])


def test_asked_for_as_an_array_is(stored: RowFiles) -> None:
    assert (len(stored), stored.shape, stored.dtype) == (23, (23, 5, 7, 3), np.uint8)
    np.testing.assert_array_equal(stored[22], ROWS[22])
    np.testing.assert_array_equal(stored[-1], ROWS[-1])
    np.testing.assert_array_equal(stored[:], ROWS)
    np.testing.assert_array_equal(stored[3:19:2], ROWS[3:19:2])
    np.testing.assert_array_equal(stored[[4, 4, 0]], ROWS[[4, 4, 0]])
    assert stored[4].flags.writeable and stored[[]].shape == (0, 5, 7, 3)
    for beyond in (23, [0, 23], [-1]):
        with pytest.raises(IndexError):
            stored[beyond]


def test_told_of_rows_to_come_only_while_the_disk_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, waits = list[int](), iter([0, 0, 5, 6, 6, 6])
    monkeypatch.setattr(row_files, "TOLD_FOR", 2)
    monkeypatch.setattr(row_files, "_waits", lambda: next(waits))
    monkeypatch.setattr("os.posix_fadvise", lambda handle, begin, size, advice: told.append(size), raising=False)
    stored = written(tmp_path, ROWS, each=30)
    for wanted in (0, 2, 2):  # it was not waited for, then it was, and then twice it was not
        stored[[1]]
        for _ in range(3):
            stored.expect(np.array([3, 4, 7]))
        assert told == [210, 105] * wanted


def test_a_file_that_becomes_shorter_is_a_line(tmp_path: Path) -> None:
    stored = written(tmp_path, ROWS, each=30)
    with (tmp_path / "0").open("r+b") as file:
        file.truncate(300)
    np.testing.assert_array_equal(stored[1], ROWS[1])
    with pytest.raises(ResourceError, match="has become shorter"):
        stored[2]


def test_files_may_go_while_they_are_open(tmp_path: Path) -> None:
    stored = written(tmp_path, ROWS, each=9)
    for file in tmp_path.iterdir():
        file.unlink()
    np.testing.assert_array_equal(stored[:], ROWS)


def test_memory_stays_within_its_bound(tmp_path: Path) -> None:
    """256 MiB are read through a process that hardly grows."""
    file = tmp_path / "0"
    with file.open("wb") as rows:
        rows.truncate(256 << 20)
    stored = RowFiles([file], 256 << 8, 256 << 8, (4096,))
    stored[np.arange(16)]
    before, most = memory_mb(), 0.0
    for first in range(0, len(stored), 512):
        stored[np.arange(first, first + 512)]
        most = max(most, memory_mb() - before)
    assert most < 16  # two or three MiB of rows that were asked for, and what Python takes


def test_written_in_any_order_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.data.shards.writer.FILE_BYTES", 9 * 105)
    writer = Writer(tmp_path, "pixels", 23, (5, 7, 3))
    assert (writer.each, [file.name for file in writer.files]) == (9, ["pixels-000", "pixels-001", "pixels-002"])
    assert [file.stat().st_size for file in writer.files] == [9 * 105, 9 * 105, 5 * 105]  # before a row has come
    for place in reversed(range(23)):
        if place != 4:
            writer.put(place, ROWS[place])
    writer.close()
    wanted = ROWS.copy()
    wanted[4] = 0
    np.testing.assert_array_equal(RowFiles(writer.files, 23, writer.each, writer.shape)[:], wanted)
    before = checksums(writer.files)
    with writer.files[1].open("r+b") as file:
        file.write(bytes([file.read(1)[0] ^ 1]))
    assert [was == now for was, now in zip(before, checksums(writer.files), strict=True)] == [True, False, True]


def test_never_too_many_files_to_keep_open() -> None:
    assert rows_in_a_file(1_000_000, 1 << 20) == 15_625  # 64 files of 16 GB
    assert rows_in_a_file(10, 1 << 30) == 1
