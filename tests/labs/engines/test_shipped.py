"""Folders that are sent: what comes back is the same, and nothing that comes reaches out of its folder."""

import io
import tarfile
from pathlib import Path

import pytest

from nnlab.core.errors import RunError
from nnlab.labs.engines.shipped import packed, unpacked


def tar_of(name: str, link: str = "") -> bytes:
    """One that a worker of another mind might send."""
    data, member = io.BytesIO(), tarfile.TarInfo(name)
    member.size = 0 if link else 3
    if link:
        member.type, member.linkname = tarfile.SYMTYPE, link
    with tarfile.open(fileobj=data, mode="w") as tar:
        tar.addfile(member, None if link else io.BytesIO(b"abc"))
    return data.getvalue()


def test_a_folder_comes_back_without_its_links(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    (folder / "run" / "empty").mkdir(parents=True)
    (folder / "run" / "weights").write_bytes(bytes(range(256)))
    (folder / "latest").symlink_to("run")
    unpacked(packed(folder), tmp_path / "b")
    found = sorted(path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*"))
    assert found == ["run", "run/empty", "run/weights"]
    assert (tmp_path / "b" / "run" / "weights").read_bytes() == bytes(range(256))


def test_of_no_folder_none_is_made(tmp_path: Path) -> None:
    assert packed(tmp_path / "none") == b""
    unpacked(b"", tmp_path / "b")
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("data", [tar_of("../out"), tar_of("in", "/etc/passwd"), tar_of("in", "../../out"), b"no tar"])
def test_what_reaches_out_of_its_folder_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(RunError, match=r"what a worker sent cannot be unpacked"):
        unpacked(data, tmp_path / "deep" / "b")
    assert not list(tmp_path.rglob("out"))
