"""Runs that go: never one that is kept or trains, never what lies outside the folder of runs, nor through a link."""

import os
import re
import shutil
from pathlib import Path

from nnlab.core.errors import NnlabError, RunError, UsageError
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.tracking.files import draft_name, writing
from nnlab.tracking.kept import is_kept
from nnlab.tracking.latest import forget
from nnlab.tracking.lock import hold, is_held, release
from nnlab.tracking.names import is_run

MOVED = re.compile(r"\.\d+-[0-9a-f]{8}\.part")
"""A folder that was moved out of the way, as `draft_name` calls it."""


def refusal(folder: Path, runs: Path) -> NnlabError | None:
    """Why a folder is not deleted; None where it may be.

    Options:  folder: as it is named, links not followed.  runs: the folder of runs.
    """
    where = printable(folder)
    try:
        inside = folder.parent.resolve(strict=True) == runs.resolve(strict=True) and folder.name not in {"", ".", ".."}
    except OSError as error:
        return UsageError(f"cannot be looked at ({error.strerror or error})", where=where)
    if not inside:
        hint = f"if it is a run, say where: --runs-dir={quoted(folder.parent)}"
        return UsageError(f"lies outside the folder of runs ({printable(runs)})", where=where, hint=hint)
    if folder.is_symlink():
        what = f"is a link to {printable(os.readlink(folder))}, and nothing is deleted through a link"  # noqa: PTH115
        return UsageError(what, where=where, hint="remove the link itself, or name the folder that it leads to")
    if not is_run(folder):
        return UsageError("is no run, and stays", where=where)
    if is_kept(folder):
        hint = f"type nnlab runs keep --off {quoted(folder.name)} first"
        return UsageError("is kept", where=where, hint=hint)
    if is_held(folder):
        return UsageError("is being trained", where=where, hint="stop it first, or wait until it ends")
    return None


def delete(folder: Path) -> None:
    """Removes a run's folder, and lets `latest` point at another where it pointed at this.

    It is first moved out of the way in one step, so that a deletion that is broken off leaves no half of a run; what it
    leaves goes with the next. Links within it are removed, not followed.

    Raises:  RunError: naming what the system does not let go.
    """
    gone = draft_name(folder)
    handle = hold(folder)  # while it goes nobody takes it for what was left
    try:
        with writing(folder, hint="look at who may write to the folder of runs"):
            folder.rename(gone)
        forget(folder)
        shutil.rmtree(gone)
    except OSError as error:
        reason = error.strerror or str(error)
        what = f"a part of it could not be removed ({reason[:1].lower()}{reason[1:]})"
        raise RunError(what, where=printable(folder), hint=f"the rest is {printable(gone)}: remove it") from error
    finally:
        release(handle)
    _sweep(folder.parent)


def _sweep(runs: Path) -> None:
    """Removes what deletions left that were broken off."""
    for left in runs.iterdir():
        if MOVED.fullmatch(left.name) and left.is_dir() and not left.is_symlink() and not is_held(left):
            shutil.rmtree(left, ignore_errors=True)


def size_of(folder: Path) -> int:
    """Bytes that a folder takes on the disk, links not followed; what cannot be looked at counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                found = os.lstat(os.path.join(parent, name))  # noqa: PTH118 (a folder may hold thousands)
            except OSError:
                continue
            total += found.st_blocks * 512 if hasattr(found, "st_blocks") else found.st_size
    return total
