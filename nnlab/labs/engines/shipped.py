"""Folders as bytes, to be sent from one machine to another: no disk has to be shared."""

import io
import tarfile
from pathlib import Path

from nnlab.core.errors import RunError
from nnlab.tracking.files import writing


def packed(folder: Path) -> bytes:
    """All files of a folder, as a tar; nothing where there is no such folder. Links stay behind."""
    if not folder.is_dir():
        return b""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        tar.add(folder, arcname=".", filter=_anonymous)
    return data.getvalue()


def unpacked(data: bytes, folder: Path) -> None:
    """Makes the folder of what was packed; of nothing none.

    Raises:  RunError: the disk takes no more, or what came is no such tar: one that reaches out of the folder, say.
    """
    if not data:
        return
    with writing(folder):
        folder.mkdir(parents=True)
        try:
            with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                tar.extractall(folder, filter="data")
        except tarfile.TarError as error:
            hint = "is what answers a worker of this nnlab?"
            raise RunError(f"what a worker sent cannot be unpacked ({error})", where=str(folder), hint=hint) from None


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """A file or folder without its owner; None of anything else."""
    if not (member.isreg() or member.isdir()):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
