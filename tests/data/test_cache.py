import logging
import os
from pathlib import Path

import numpy as np
import pytest

from nnlab.data import cache
from nnlab.data.cache import Prepared, fetch, has, key, store
from nnlab.data.images.magick import ImageMagick
from nnlab.data.images.vips import Vips
from nnlab.data.steps.grayscale import Grayscale
from nnlab.data.steps.resize import Resize

PIXELS = np.random.default_rng(0).integers(0, 256, (4, 5, 6, 1), dtype=np.uint8)
ENTRY = Prepared(PIXELS, {2: "empty (0 bytes)"})


def only_file(folder: Path) -> Path:
    (path,) = (folder / "prepared").iterdir()
    return path


def test_what_was_stored_comes_back(cache_folder: Path) -> None:
    assert fetch("a") is None and not has("a")
    store("a", ENTRY)
    found = fetch("a")
    assert has("a")
    assert found is not None
    np.testing.assert_array_equal(found.pixels, PIXELS)
    assert (found.faults, found.from_cache, found.pixels.flags.writeable) == ({2: "empty (0 bytes)"}, True, True)


def test_a_cache_that_may_only_be_read_is_read(
    cache_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    store("a", ENTRY)
    monkeypatch.setattr(os, "utime", refuse)
    found = fetch("a")
    assert found is not None and not caplog.records
    np.testing.assert_array_equal(found.pixels, PIXELS)


@pytest.mark.parametrize("damage", ["cut", "flip", "header", "empty"])
def test_a_damaged_entry_is_passed_over_with_one_warning(
    cache_folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    store("a", ENTRY)
    path = only_file(cache_folder)
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[-1] ^= 1
    path.write_bytes({"cut": content[:-1], "flip": content, "header": b"x" + content, "empty": b""}[damage])
    with caplog.at_level(logging.WARNING, "nnlab.data"):
        assert fetch("a") is None
    assert len(caplog.records) == 1
    assert "cannot be used" in caplog.text


def test_a_cache_that_cannot_be_written_is_one_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(tmp_path / "file"))
    with caplog.at_level(logging.WARNING, "nnlab.data"):
        store("a", ENTRY)
    assert len(caplog.records) == 1
    assert "cannot be kept" in caplog.text


def test_a_full_disk_leaves_nothing_half_written(
    cache_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    store("a", ENTRY)
    assert list((cache_folder / "prepared").iterdir()) == []
    assert "No space left" in caplog.text


def test_what_was_not_used_for_longest_goes_first(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        store(name, ENTRY)
    folder = cache_folder / "prepared"
    for age, name in enumerate("bac"):
        os.utime(folder / f"{name}.images", (1000 + age, 1000 + age))
    assert fetch("b") is not None  # used now
    monkeypatch.setattr(cache, "LIMIT_BYTES", 3 * only_size(folder))
    store("d", ENTRY)
    assert sorted(path.stem for path in folder.iterdir()) == ["b", "c", "d"]


def only_size(folder: Path) -> int:
    return max(path.stat().st_size for path in folder.iterdir())


def test_the_key_is_of_contents_steps_and_library() -> None:
    digests, steps = [b"1" * 32, b"2" * 32], [Resize(size=(8, 8)), Grayscale()]
    one = key(digests, steps, Vips())
    assert one == key(list(digests), [Resize(size=(8, 8)), Grayscale()], Vips())
    others = [
        key(digests[::-1], steps, Vips()),
        key(digests[:1], steps, Vips()),
        key(digests, steps[:1], Vips()),
        key(digests, [Resize(size=(8, 9)), Grayscale()], Vips()),
        key(digests, steps, ImageMagick()),
    ]
    assert len({one, *others}) == 6


def test_no_flipped_bit_of_an_entry_is_served(cache_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    store("a", Prepared(PIXELS[:2, :2, :2].copy(), {1: "empty"}))
    path = only_file(cache_folder)
    sound = path.read_bytes()
    for bit in range(8 * len(sound)):
        flipped = bytearray(sound)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        assert fetch("a") is None, bit
    path.write_bytes(sound)
    assert fetch("a") is not None


def test_an_entry_under_another_name_or_with_something_after_it_is_not_served(
    cache_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store("a", ENTRY)
    path = only_file(cache_folder)
    path.rename(path.with_name("b.images"))
    assert fetch("b") is None and "the entry of other files" in caplog.text
    store("a", ENTRY)
    path.write_bytes(path.read_bytes() + b"x")
    assert fetch("a") is None and "of another length" in caplog.text
