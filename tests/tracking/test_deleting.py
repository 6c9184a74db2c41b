"""Runs that go, and deletions that are broken off."""

import shutil
from pathlib import Path

import pytest

from nnlab.tracking.deleting import delete
from nnlab.tracking.lock import hold, release


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder of three, as far as deleting looks at them."""
    for name in ("one", "two", "three"):
        (tmp_path / "runs" / name / "weights").mkdir(parents=True)
        (tmp_path / "runs" / name / "weights" / "best.safetensors").write_bytes(b"12345678")
    return tmp_path / "runs"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_deletion_left_that_was_broken_off_goes_with_the_next(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(shutil, "rmtree", killed)
        delete(runs / "one")
    left = [name for name in names(runs) if name.endswith(".part")]
    assert len(left) == 1 and "one" not in names(runs)
    delete(runs / "two")
    assert names(runs) == ["three"]


def test_what_another_process_deletes_or_nobody_moved_stays(runs: Path, tmp_path: Path) -> None:
    going, own, link = runs / ".12-0123abcd.part", runs / "notes.part", runs / ".13-0123abcd.part"
    going.mkdir()
    own.mkdir()
    (tmp_path / "elsewhere").mkdir()
    link.symlink_to(tmp_path / "elsewhere")
    handle = hold(going)
    try:
        delete(runs / "one")
        assert names(runs) == sorted([going.name, own.name, link.name, "two", "three"])
    finally:
        release(handle)
    delete(runs / "two")
    assert names(runs) == sorted([own.name, link.name, "three"]) and (tmp_path / "elsewhere").is_dir()
